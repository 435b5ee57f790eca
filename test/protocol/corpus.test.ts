/** Real and hostile mails through the front door: judged in time, kept to the byte, one mail each. */
import { presetPolicy } from '@sluice/core/policy/presets.ts';
import { describe, expect, it } from 'vitest';
import { asReceived, type CorpusFile, corpusMissing, readMail, readSuite } from '../support/corpus.ts';
import { startEdge, testDomain } from './support/edge.ts';
import { SmtpClient } from './support/smtp-client.ts';

const maxMs = 2_000;

const some = (files: Iterable<CorpusFile>, count: number): CorpusFile[] => {
  const all = [...files];
  const step = Math.max(1, Math.floor(all.length / count));
  return all.filter((_, index) => index % step === 0).slice(0, count);
};

/** All content checks as the strict preset has them, and everything held that is not refused, so that all is kept. */
const strict = presetPolicy('strict', 1).checks;
const domain = testDomain(1, 'shop.example', {
  policy: {
    checks: {
      ...strict,
      virus: { ...strict['virus']!, mode: 'off' },
      dkim: { ...strict['dkim']!, mode: 'observe' },
    },
    thresholds: { tag: 0, hold: 0, reject: 1_000 },
  },
});

async function sendAll(files: readonly CorpusFile[]): Promise<void> {
  const { port, decisions, errors } = await startEdge([domain], {
    limits: { maxMessageBytes: 20_000_000 },
  });
  const client = await SmtpClient.ready(port);
  const sent: { readonly path: string; readonly bytes: string }[] = [];
  for (const { path, bytes } of files) {
    const mail = asReceived(bytes);
    const begun = performance.now();
    const { code, text } = await client.send('sender@example.org', 'b@shop.example', mail);
    expect(performance.now() - begun, path).toBeLessThan(maxMs);
    // A lone dot between odd line ends is refused for what it may become elsewhere.
    if (text.includes('5.5.2')) continue;
    expect([250, 550, 552], `${path}: ${text}`).toContain(code);
    const content = Buffer.from(mail).toString('latin1');
    sent.push({ path, bytes: content === '' || content.endsWith('\r\n') ? content : `${content}\r\n` });
  }
  expect((await client.ask('NOOP')).code).toBe(250);
  const kept = await decisions();
  expect(kept).toHaveLength(sent.length);
  for (const [index, { raw, data }] of kept.entries()) {
    const { path, bytes } = sent[index]!;
    expect(Buffer.from(raw!).toString('latin1') === bytes, path).toBe(true);
    expect(Buffer.byteLength(JSON.stringify(data.summary)), path).toBeLessThan(1_024);
  }
  expect(errors).toEqual([]);
}

describe.skipIf(corpusMissing)('corpus mails (skipped where the corpus is missing)', () => {
  it.each(['spamassassin', 'phishing-pot', 'usrp-users'])(
    'of %s',
    (name) => sendAll(some(readMail(name), 40)),
    60_000,
  );

  it.each(['mime', 'av-evasion', 'dsn'])(
    'of the suite %s',
    (name) => sendAll(some(readSuite(name), 150)),
    120_000,
  );
});
