/** Trace headers: what they say, that no client can bend them, and that forged ones are cut. */
import { describe, expect, it } from 'vitest';
import { cutForged, mailDate, traceHeaders, type TraceInput } from './trace.ts';

const input: TraceInput = {
  hostname: 'mx.example.net',
  mailId: '01930000-0000-7000-8000-000000000001',
  receivedAt: '2026-11-22T08:05:09.123Z',
  envelope: {
    ip: '192.0.2.7',
    helo: 'client.example.org',
    sender: 'ann@example.org',
    recipients: ['bob@shop.example'],
  },
  hello: { name: 'client.example.org', extended: true, tls: undefined },
  smtpUtf8: false,
  facts: {},
  told: {
    judgement: { recipient: 'bob@shop.example', verdict: 'accept', reason: 'clean', score: 0, findings: [] },
    thresholds: { tag: 4, hold: 7, reject: 10 },
    inFull: false,
  },
};

const fact = (value: unknown) => ({ status: 'observed' as const, fact: value });

describe('Received', () => {
  it('has the form of RFC 5321 §4.4', () => {
    expect(traceHeaders(input)).toBe(
      'Received: from client.example.org ([192.0.2.7])\r\n' +
        '\tby mx.example.net with ESMTP\r\n' +
        '\tid 01930000-0000-7000-8000-000000000001\r\n' +
        '\tfor <bob@shop.example>;\r\n' +
        '\tSun, 22 Nov 2026 08:05:09 +0000\r\n' +
        'Authentication-Results: mx.example.net; none\r\n',
    );
  });

  it.each([
    [{ extended: false }, false, 'SMTP'],
    [{ extended: true }, false, 'ESMTP'],
    [{ extended: true, tls: { protocol: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' } }, false, 'ESMTPS'],
    [{ extended: true }, true, 'UTF8SMTP'],
    [{ extended: true, tls: { protocol: 'TLSv1.2', cipher: 'X' } }, true, 'UTF8SMTPS'],
  ])('names the protocol (%j, %s)', (hello, smtpUtf8, protocol) => {
    const text = traceHeaders({ ...input, hello: { ...input.hello, ...hello }, smtpUtf8 });
    expect(text).toContain(`with ${protocol}\r\n`);
    expect(text.includes('cipher=')).toBe('tls' in hello);
  });

  it('writes an IPv6 client as an address literal', () => {
    const text = traceHeaders({ ...input, envelope: { ...input.envelope, ip: '2001:db8::7' } });
    expect(text).toContain('([IPv6:2001:db8::7])');
  });

  it('cannot be bent by a HELO', () => {
    const helo = 'evil(by;for\u00e9\r\nX-Evil:';
    const text = traceHeaders({ ...input, envelope: { ...input.envelope, helo } });
    expect(text.split('\r\n')[0]).toBe('Received: from evil?by?for???X-Evil: ([192.0.2.7])');
  });

  it.each([
    ['2026-01-01T00:00:00.000Z', 'Thu, 1 Jan 2026 00:00:00 +0000'],
    ['2024-02-29T23:59:59.999Z', 'Thu, 29 Feb 2024 23:59:59 +0000'],
  ])('dates %s', (iso, date) => expect(mailDate(iso)).toBe(date));
});

describe('Authentication-Results', () => {
  it('tells SPF, each signature, and DMARC', () => {
    const facts = {
      spf: fact({ result: 'pass', domain: 'example.org' }),
      dkim: fact({
        signatures: [
          { result: 'pass', domain: 'example.org', selector: 's1', algorithm: 'rsa-sha256' },
          { result: 'fail', domain: 'evil";x', selector: 's2', algorithm: 'rsa-sha1' },
        ],
        author: 'example.org',
      }),
      dmarc: fact({
        record: { status: 'found', fromDomain: 'example.org' },
        proofs: [{ by: 'spf', domain: 'example.org', aligned: true }],
      }),
    };
    expect(traceHeaders({ ...input, facts }).split('Authentication-Results: ')[1]).toBe(
      'mx.example.net;\r\n' +
        '\tspf=pass smtp.mailfrom=example.org;\r\n' +
        '\tdkim=pass header.d=example.org header.s=s1 header.a=rsa-sha256;\r\n' +
        '\tdkim=fail header.d="evil\\";x" header.s=s2 header.a=rsa-sha1;\r\n' +
        '\tdmarc=pass header.from=example.org\r\n',
    );
  });

  it('of the null sender speaks of HELO', () => {
    const facts = { spf: fact({ result: 'none', domain: 'client.example.org' }) };
    const text = traceHeaders({ ...input, envelope: { ...input.envelope, sender: '' }, facts });
    expect(text).toContain('spf=none smtp.helo=client.example.org');
  });

  it('does not tell what was not observed', () => {
    const facts = { spf: { status: 'skipped' as const, why: 'private-client' as const } };
    expect(traceHeaders({ ...input, facts })).toContain('Authentication-Results: mx.example.net; none\r\n');
  });
});

const cut = (text: string): string =>
  Buffer.from(cutForged(Buffer.from(text, 'latin1'), 'mx.example.net')).toString('latin1');

describe('forged fields', () => {
  it.each([
    'Authentication-Results: mx.example.net; spf=pass\r\n',
    'authentication-results : MX.Example.NET 1; dkim=pass\r\n',
    'Authentication-Results:\r\n\t(a (nested\\) ) comment)\r\n mx.example.net;\r\n\tspf=pass\r\n',
    'Authentication-Results: "mx.example.net"; none\r\n',
    'X-Sluice-Verdict: accept\r\n',
    'x-sluice-anything:\r\n folded\r\n',
    'X-Sluice-Verdict: accept\n',
  ])('are cut: %j', (field) => {
    expect(cut(`Subject: s\r\n${field}From: a@example.org\r\n\r\n${field}body`)).toBe(
      `Subject: s\r\nFrom: a@example.org\r\n\r\n${field}body`,
    );
    expect(cut(`${field}${field}\r\nbody`)).toBe('\r\nbody');
  });

  it.each([
    'Authentication-Results: other.example.net; spf=pass\r\n\r\n',
    'ARC-Authentication-Results: i=1; mx.example.net; spf=pass\r\n\r\n',
    'X-Sluicegate: 1\r\n\r\n',
    'Subject: X-Sluice-Verdict: tag\r\n\r\n',
    'Subject: a\r\n X-Sluice-Verdict: tag\r\n\r\n',
    '',
    'no header at all',
  ])('are not: %j', (mail) => {
    const raw = Buffer.from(mail, 'latin1');
    expect(cutForged(raw, 'mx.example.net')).toBe(raw);
  });
});
