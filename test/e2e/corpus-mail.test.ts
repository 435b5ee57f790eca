/** A real mail with attachments and headers outside of ASCII goes the whole way and is found by its words. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMessageInspector } from '@sluice/mime';
import { eventually } from '../contracts/support/eventually.ts';
import { asReceived, corpusMissing, readMail } from '../support/corpus.ts';
import { sendMail } from '../support/smtp-client.ts';
import { removeDataDir, startInstance, type TestInstance } from './support/instance.ts';

interface Chosen {
  readonly raw: Uint8Array;
  readonly words: {
    readonly subject: string;
    readonly body: string;
    readonly sender: string;
    readonly attachment: string;
  };
}

const longWord = (text: string): string | undefined =>
  /\p{L}{6,}/u.exec(text.replaceAll(/<[^>]*>/g, ' '))?.[0];

/** The first mail that has all of it: an attachment with a name, and a subject or sender outside of ASCII. */
async function chooseMail(): Promise<Chosen> {
  const inspector = createMessageInspector({ workers: 1 });
  try {
    for (const file of readMail('phishing-pot')) {
      const raw = asReceived(file.bytes);
      const inspected = await inspector.inspect(raw, { textLimit: 20_000, deadlineMs: 5_000 });
      if (!inspected.ok) continue;
      const { subject, text, from, parts } = inspected.value;
      const name = parts.find((part) => part.name !== undefined && longWord(part.name) !== undefined)?.name;
      const words = {
        subject: longWord(subject),
        body: longWord(text.slice(50)),
        attachment: name && longWord(name),
      };
      const isForeign = /[^\p{ASCII}]/u.test(subject + (from[0]?.name ?? ''));
      if (!isForeign || !words.subject || !words.body || !words.attachment) continue;
      return {
        raw,
        words: {
          subject: words.subject,
          body: words.body,
          attachment: words.attachment,
          sender: 'offer@spam.example',
        },
      };
    }
    throw new Error('no such mail in the corpus');
  } finally {
    await inspector.close();
  }
}

describe.skipIf(corpusMissing)(`a real mail${corpusMissing ? ' (skipped: needs the corpus)' : ''}`, () => {
  let instance: TestInstance;
  let chosen: Chosen;
  beforeAll(async () => {
    [instance, chosen] = await Promise.all([startInstance(), chooseMail()]);
  });
  afterAll(async () => {
    await instance.stop();
    await removeDataDir(instance.dataDir);
  });

  it('is refused, kept byte for byte, and found by subject, body, sender and attachment name', async () => {
    const sent = {
      port: instance.ports.smtp,
      from: 'offer@spam.example',
      to: ['you@demo.test'],
      raw: chosen.raw,
    };
    const { final } = await sendMail(sent);
    expect(final.code).toBe(550);
    const id = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(final.text)?.[0] ?? '';
    for (const [where, word] of Object.entries(chosen.words)) {
      await eventually(`it is found by a word of its ${where}`, async () => {
        const found = await instance.sluice('quarantine', 'search', word, '--domain', 'demo.test', '--json');
        return found.json<{ items: { id: string }[] }>().items.some((hit) => hit.id === id);
      });
    }
    const raw = await instance.sluice('mail', 'raw', id);
    expect(raw.stdout.equals(Buffer.from(chosen.raw))).toBe(true);
  });
});
