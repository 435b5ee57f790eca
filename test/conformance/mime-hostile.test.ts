/** Mails made to break a parser: the inspector answers, in bounded time, whatever the bytes. */
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { createMessageInspector, messageText } from '@sluice/mime';
import { cpuMs } from '../support/cpu-time.ts';
import { attachment, inspected, lines, mailWith, namesIn } from './mime-messages.ts';

const inspector = createMessageInspector();
afterAll(() => inspector.close());

async function timed<T>(work: () => Promise<T>): Promise<{ value: T; ms: number }> {
  const started = cpuMs();
  const value = await work();
  return { value, ms: cpuMs() - started };
}

describe('any bytes', () => {
  const fragments = fc.constantFrom(
    'Content-Type: multipart/mixed; boundary=b\r\n',
    'Content-Type: message/rfc822\r\n',
    'Content-Type: text/html; charset=utf-16\r\n',
    'Content-Transfer-Encoding: base64\r\n',
    'Content-Transfer-Encoding: quoted-printable\r\n',
    "Content-Disposition: attachment; filename*0*=utf-8''a%; filename*1=\"b\\\r\n",
    'Subject: =?utf-8?B?//8=?= =?x?Q?=?=\r\n',
    'From: "a <b@c> (d\r\n',
    '\r\n',
    '\n',
    ' ',
    '--b\r\n',
    '--b--\r\n',
    'begin 644 x\r\n#',
    'PK\u0003\u0004',
    'UEsDBBQAAgAIABFKjkk8z1Fo\r\n',
    '<a href="<!--',
    '&#xffffff;&#',
    '=\r\n=4',
  );
  const mails = fc
    .array(
      fc.oneof(
        fragments.map((text) => Buffer.from(text)),
        fc.uint8Array({ maxLength: 40 }),
      ),
      { maxLength: 40 },
    )
    .map((pieces) => Buffer.concat(pieces));

  it('are inspected', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(mails, fc.uint8Array({ maxLength: 500 })), async (raw) => {
        const result = await inspector.inspect(raw, { textLimit: 200, deadlineMs: 10_000 });
        expect(result.ok).toBe(true);
        if (result.ok) expect(result.value.text.length).toBeLessThanOrEqual(200);
        expect(messageText(raw, 50).length).toBeLessThanOrEqual(50);
      }),
      { numRuns: 2000 },
    );
  }, 60_000);

  it('are inspected alike on the calling thread and in a worker', async () => {
    const inWorker = createMessageInspector({ inlineLimit: 0 });
    try {
      await fc.assert(
        fc.asyncProperty(mails, async (raw) => {
          const options = { textLimit: 200, deadlineMs: 10_000 };
          expect(await inWorker.inspect(raw, options)).toEqual(await inspector.inspect(raw, options));
        }),
        { numRuns: 500 },
      );
    } finally {
      await inWorker.close();
    }
  }, 60_000);
});

describe('a mail made to be slow', () => {
  const nested = (levels: number): Buffer =>
    lines(
      ...Array.from({ length: levels }, (_, at) => [
        `Content-Type: multipart/mixed; boundary=b${at}`,
        '',
        `--b${at}`,
      ]).flat(),
      'Content-Type: text/plain',
      '',
      'deep',
    );
  const part = 'Content-Type: text/plain\r\n\r\ntext';

  it.each<readonly [string, Buffer, string | undefined]>([
    ['200 levels of multiparts', nested(200), 'too-deep'],
    ['10,000 levels of multiparts', nested(10_000), 'too-deep'],
    ['100 messages in messages', Buffer.from('Content-Type: message/rfc822\r\n\r\n'.repeat(100)), 'too-deep'],
    ['a header line of 5 MB', lines(`Subject: ${'x'.repeat(5_000_000)}`, '', 'text'), undefined],
    ['a folded header of 5 MB', lines(`Subject: x${'\r\n x'.repeat(1_250_000)}`, '', 'text'), undefined],
    ['a header of 1,000,000 fields', Buffer.from(`${'a:\n'.repeat(1_000_000)}\ntext`), 'too-many-headers'],
    [
      '10,000 parts',
      lines(
        'Content-Type: multipart/mixed; boundary=b',
        '',
        ...Array.from({ length: 10_000 }, () => `--b\r\n${part}`),
      ),
      'too-many-parts',
    ],
    [
      '5 MB of dashes',
      lines('Content-Type: multipart/mixed; boundary=b', '', '--\r\n'.repeat(1_250_000)),
      'missing-boundary',
    ],
    ['5 MB of open tags', lines('Content-Type: text/html', '', '<a '.repeat(1_700_000)), undefined],
    ['5 MB of open comments', lines('Content-Type: text/html', '', '<!--'.repeat(1_250_000)), undefined],
    ['5 MB of open scripts', lines('Content-Type: text/html', '', '<script>'.repeat(650_000)), undefined],
    ['5 MB of ampersands', lines('Content-Type: text/html', '', '&#'.repeat(2_500_000)), undefined],
    ['5 MB of spaces', lines('Content-Type: text/html', '', `a${' '.repeat(5_000_000)}b`), undefined],
    [
      '5 MB of spaces in base64',
      lines('Content-Transfer-Encoding: base64', '', `!${' '.repeat(5_000_000)}a`),
      'bad-encoding',
    ],
    [
      '5 MB of padding',
      lines('Content-Transfer-Encoding: base64', '', 'A='.repeat(2_500_000)),
      'bad-encoding',
    ],
    [
      '5 MB of equals signs',
      lines('Content-Transfer-Encoding: quoted-printable', '', '= '.repeat(2_500_000)),
      undefined,
    ],
    ['a million uuencoded beginnings', lines('', 'begin 644\r\n'.repeat(500_000)), undefined],
    ['100,000 encoded words', lines(`Subject: ${'=?utf-8?q?a?= '.repeat(100_000)}`, '', 'text'), undefined],
    ['100,000 senders', lines(`From: ${'a@b.c, '.repeat(100_000)}`, '', 'text'), undefined],
    [
      'a field of 100,000 parameters',
      lines(`Content-Type: text/plain${';name=a'.repeat(100_000)}`, '', 'text'),
      undefined,
    ],
    [
      'a field of open parentheses',
      lines(`Content-Type: text/plain; name=${'('.repeat(1_000_000)}`, '', 'text'),
      undefined,
    ],
  ])('%s', async (_, raw, anomaly) => {
    const { value, ms } = await timed(() => inspected(inspector, raw));
    expect(ms).toBeLessThan(2000);
    if (anomaly === undefined) expect(value.anomalies).toEqual([]);
    else expect(value.anomalies).toContain(anomaly);
  });

  it('is given up at its deadline, and the next one is read', async () => {
    const own = createMessageInspector({ inlineLimit: 0 });
    try {
      expect(
        (await own.inspect(lines('Subject: a', '', 'text'), { textLimit: 100, deadlineMs: 10_000 })).ok,
      ).toBe(true);
      const huge = lines('Content-Type: multipart/mixed; boundary=b', '', '--x\r\n'.repeat(8_000_000));
      const { value, ms } = await timed(() => own.inspect(huge, { textLimit: 100, deadlineMs: 50 }));
      expect(value).toEqual({ ok: false, error: 'timeout' });
      expect(ms).toBeLessThan(1000);
      expect((await inspected(own, lines('Subject: a', '', 'text'))).subject).toBe('a');
    } finally {
      await own.close();
    }
  });

  it('that needs more memory than there is fails alone', async () => {
    const own = createMessageInspector({ inlineLimit: 0, memoryMb: 16, maxParts: 1_000_000 });
    try {
      const many = lines(
        'Content-Type: multipart/mixed; boundary=b',
        '',
        `--b\r\n${part}\r\n`.repeat(300_000),
      );
      expect(await own.inspect(many, { textLimit: 100, deadlineMs: 20_000 })).toEqual({
        ok: false,
        error: 'failed',
      });
      expect((await inspected(own, lines('Subject: a', '', 'text'))).subject).toBe('a');
    } finally {
      await own.close();
    }
  }, 30_000);

  it('fails when the inspector is closed, waiting or not', async () => {
    const own = createMessageInspector({ inlineLimit: 0 });
    const options = { textLimit: 100, deadlineMs: 10_000 };
    const waiting = own.inspect(lines('Subject: a', '', 'text'), options);
    await own.close();
    expect(await waiting).toEqual({ ok: false, error: 'failed' });
    expect(await own.inspect(lines('Subject: a', '', 'text'), options)).toEqual({
      ok: false,
      error: 'failed',
    });
  });
});

describe('what stands behind the pool', () => {
  it('answers many at once, each its own, with one thread', async () => {
    const mails = Array.from({ length: 30 }, (_, at) =>
      mailWith(attachment(`file-${at}.bin`), Buffer.from([at, 0, 1])),
    );
    const answers = await Promise.all(mails.map((raw) => inspected(inspector, raw)));
    expect(answers.map((answer) => namesIn(answer))).toEqual(mails.map((_, at) => [`file-${at}.bin`]));
  });

  it('leaves the bytes that it was given as they are', async () => {
    const raw = mailWith(attachment('a.bin'), Buffer.from([0, 1, 2]));
    const before = Buffer.from(raw);
    await inspected(inspector, raw);
    expect(raw.equals(before)).toBe(true);
  });
});
