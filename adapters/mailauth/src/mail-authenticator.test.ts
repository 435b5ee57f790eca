/** What the authenticator promises beyond the public suites: limits, deadlines, DMARC discovery, partial signatures. */
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

describe('dmarc', () => {
  const discover = (
    records: Parameters<typeof resolverOf>[0],
    domain = 'news.sender.example',
    deadlineMs = 2_000,
  ) => createMailAuthenticator(resolverOf(records)).dmarc(domain, deadlineMs);

  it('finds the record of the author domain', async () => {
    const record = 'v=DMARC1; p=reject; adkim=s; aspf=s';
    expect(await discover({ 'TXT _dmarc.news.sender.example': [record] })).toEqual({
      fromDomain: 'news.sender.example',
      recordDomain: 'news.sender.example',
      policy: 'reject',
      organizationalDomain: 'news.sender.example',
      dkimAlignment: 'strict',
      spfAlignment: 'strict',
      status: 'found',
    });
  });

  it('walks up to the record of the organisation, whose sp is for subdomains that exist', async () => {
    const records = {
      'TXT _dmarc.sender.example': ['v=DMARC1; p=reject; sp=quarantine; np=none'],
      'A news.sender.example': ['192.0.2.1'],
    };
    expect(await discover(records)).toMatchObject({
      recordDomain: 'sender.example',
      organizationalDomain: 'sender.example',
      policy: 'quarantine',
      dkimAlignment: 'relaxed',
    });
  });

  it('takes np for subdomains that do not exist', async () => {
    const records = { 'TXT _dmarc.sender.example': ['v=DMARC1; p=none; sp=none; np=reject'] };
    expect(await discover(records)).toMatchObject({ policy: 'reject' });
  });

  it('takes one step less for a record under test (t=y)', async () => {
    const records = { 'TXT _dmarc.news.sender.example': ['v=DMARC1; p=reject; t=y'] };
    expect(await discover(records)).toMatchObject({ policy: 'quarantine' });
  });

  it('stops at the organisation that says so (psd=n)', async () => {
    const records = {
      'TXT _dmarc.sender.example': ['v=DMARC1; p=quarantine; psd=n'],
      'TXT _dmarc.example': ['v=DMARC1; p=reject; psd=y'],
    };
    expect(await discover(records)).toMatchObject({ recordDomain: 'sender.example', policy: 'quarantine' });
  });

  it('has none where nothing is published, or two records, or another text', async () => {
    const none = { status: 'none', policy: undefined, recordDomain: '' };
    expect(await discover({})).toMatchObject(none);
    const twice = ['v=DMARC1; p=reject', 'v=DMARC1; p=none'];
    expect(await discover({ 'TXT _dmarc.news.sender.example': twice })).toMatchObject(none);
    expect(await discover({ 'TXT _dmarc.news.sender.example': ['hello'] })).toMatchObject(none);
  });

  it('is a temporary error where DNS fails or does not answer in time', async () => {
    for (const fault of ['failed', 'silent'] as const) {
      expect(await discover({ 'TXT _dmarc.news.sender.example': fault }, undefined, 60)).toMatchObject({
        status: 'temperror',
        policy: undefined,
      });
    }
  });

  it.each([
    '',
    '.',
    '[192.0.2.1]',
    '192.0.2.1',
    'a..b',
    `${'x'.repeat(64)}.example`,
    'bücher.example',
    'a b.example',
  ])('gives an answer for the domain %j', async (domain) => {
    expect(await discover({}, domain)).toMatchObject({ status: 'none' });
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
