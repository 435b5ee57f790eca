/** What the authenticator promises beyond the public suites: limits, deadlines, partial signatures. */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { DnsAnswer, Resolver } from '@sluice/core/ports/resolver.ts';
import { createMailAuthenticator } from './mail-authenticator.ts';

interface Recording extends Resolver {
  readonly questions: readonly string[];
}

/** By `TYPE name`; `silent` never answers, an error is a failed question, all else is not there. */
function resolverOf(records: Readonly<Record<string, readonly string[] | 'silent' | 'failed'>>): Recording {
  const questions: string[] = [];
  return {
    questions,
    async resolve(name, type, { deadlineMs }): Promise<DnsAnswer> {
      questions.push(`${type} ${name}`);
      const found = records[`${type} ${name}`];
      if (found === undefined) return { status: 'no-name' };
      if (found === 'failed') return { status: 'failed', message: 'SERVFAIL' };
      if (found !== 'silent') return { status: 'found', records: found };
      await new Promise((resolve) => setTimeout(resolve, deadlineMs));
      return { status: 'failed', message: 'no answer' };
    },
  };
}

describe('spf', () => {
  const ask = (
    resolver: Resolver,
    some: { ip?: string; sender?: string; helo?: string; deadlineMs?: number } = {},
  ) =>
    createMailAuthenticator(resolver).spf({
      ip: '192.0.2.1',
      helo: 'mx.sender.example',
      sender: 'alice@sender.example',
      deadlineMs: 2_000,
      ...some,
    });

  it('gives the domain and its record with the result', async () => {
    const record = 'v=spf1 ip4:192.0.2.0/24 -all';
    expect(await ask(resolverOf({ 'TXT sender.example': [record] }))).toEqual({
      result: 'pass',
      domain: 'sender.example',
      record,
    });
  });

  it('checks the HELO name for the null sender', async () => {
    const resolver = resolverOf({ 'TXT mx.sender.example': ['v=spf1 -all'] });
    expect(await ask(resolver, { sender: '' })).toMatchObject({
      result: 'fail',
      domain: 'mx.sender.example',
    });
  });

  it('says why a record cannot be used, without the words of the library around it', async () => {
    const resolver = resolverOf({ 'TXT sender.example': ['v=spf1 nonsense:x -all'] });
    const { result, comment } = await ask(resolver);
    expect(result).toBe('permerror');
    expect(comment).toMatch(/^[^:]{3,60}/);
    expect(comment).not.toContain('alice@sender.example');
  });

  it('reads mail exchangers as the resolver port writes them', async () => {
    const resolver = resolverOf({
      'TXT sender.example': ['v=spf1 mx -all'],
      'MX sender.example': ['10 a.sender.example', '20 b.sender.example'],
      'A b.sender.example': ['192.0.2.1'],
    });
    expect(await ask(resolver)).toMatchObject({ result: 'pass' });
  });

  it('is a temporary error where DNS fails', async () => {
    expect(await ask(resolverOf({ 'TXT sender.example': 'failed' }))).toMatchObject({ result: 'temperror' });
  });

  it('ends with its deadline, however long DNS takes', async () => {
    const started = performance.now();
    const resolver = resolverOf({ 'TXT sender.example': 'silent' });
    expect(await ask(resolver, { deadlineMs: 60 })).toMatchObject({ result: 'temperror' });
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it.each([
    '',
    'no-at-sign',
    '@',
    'a@',
    '@sender.example',
    'a b@c d',
    `${'x'.repeat(300)}@y.example`,
    'a@[192.0.2.1]',
  ])('gives a result for the sender %j', async (sender) => {
    const { result } = await ask(resolverOf({}), { sender, helo: '' });
    expect(['none', 'permerror', 'temperror']).toContain(result);
  });
});

describe('dkim', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const key = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64');
  const keys = { 'TXT key._domainkey.sender.example': [`v=DKIM1; k=ed25519; p=${key}`] };
  const headers = 'from:alice@sender.example\r\n';
  const body = 'Hello\r\n';

  /** RFC 6376 §3.7 with headers and body that are canonical already. */
  function signed(tags = ''): string {
    const bodyHash = createHash('sha256').update(body).digest('base64');
    const field = `dkim-signature:v=1; a=ed25519-sha256; c=relaxed/relaxed; d=sender.example; s=key; h=from;${tags} bh=${bodyHash}; b=`;
    const digest = createHash('sha256')
      .update(headers + field)
      .digest();
    return `${field}${sign(null, digest, privateKey).toString('base64')}\r\n${headers}\r\n${body}`;
  }

  const verify = (text: string, records: Parameters<typeof resolverOf>[0] = keys, deadlineMs = 2_000) =>
    createMailAuthenticator(resolverOf(records)).dkim(Buffer.from(text), deadlineMs);

  it('describes a signature that passes', async () => {
    expect(await verify(signed())).toEqual([
      { result: 'pass', domain: 'sender.example', selector: 'key', algorithm: 'ed25519-sha256' },
    ]);
  });

  it('has nothing for an unsigned mail', async () => {
    expect(await verify(`${headers}\r\n${body}`)).toEqual([]);
  });

  it('does not let a signature pass behind whose l= somebody wrote on', async () => {
    const partial = signed(` l=${body.length};`);
    expect(await verify(partial)).toMatchObject([{ result: 'pass' }]);
    expect(await verify(`${partial}Buy now\r\n`)).toMatchObject([
      { result: 'policy', comment: 'the last 9 bytes of the body are not signed' },
    ]);
  });

  it('does not let an expired signature pass', async () => {
    const [signature] = await verify(signed(' t=1000000000; x=1000000100;'));
    expect(signature?.result).not.toBe('pass');
  });

  it('is a temporary error where the key cannot be asked for in time', async () => {
    const silent = { 'TXT key._domainkey.sender.example': 'silent' as const };
    const started = performance.now();
    expect(await verify(signed(), silent, 60)).toMatchObject([{ result: 'temperror' }]);
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it('asks for thirty keys at most, of signatures and seals, however many a mail names', async () => {
    const many = Array.from({ length: 200 }, (_, index) =>
      signed().split('\r\n', 1)[0]!.replace('s=key', `s=key${index}`),
    );
    const resolver = resolverOf({});
    const mail = Buffer.from([...many, headers, body].join('\r\n'));
    const signatures = await createMailAuthenticator(resolver).dkim(mail, 5_000);
    expect(signatures.map(({ result }) => result)).not.toContain('pass');
    expect(resolver.questions).toHaveLength(30);
  });

  it('survives what is no mail', async () => {
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.from('\0\0\0'),
      Buffer.from('dkim-signature: v=1; a=b; ;;;=\r\n\r\n'),
    ]) {
      const signatures = await createMailAuthenticator(resolverOf({})).dkim(bytes, 2_000);
      expect(signatures.map(({ result }) => result)).not.toContain('pass');
    }
  });
});
