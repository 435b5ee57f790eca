/** The labelled mails of the corpus, read once, with the tokens that they come to. */
import { contentTextLimit } from '@sluice/core/checks/observations.ts';
import { sha256 } from '@sluice/core/kernel/hash.ts';
import type { InspectedMessage } from '@sluice/core/ports/message-inspector.ts';
import { createMessageInspector } from '@sluice/mime';
import { asReceived, readMail } from '../../support/corpus.ts';

export interface LabelledMail {
  readonly corpus: string;
  readonly label: 'ham' | 'hardham' | 'spam';
  readonly isSpam: boolean;
  readonly raw: Uint8Array;
  readonly message: InspectedMessage;
  /** By the hash of the mail, so that it is the same in every run. */
  readonly fold: number;
}

export const corpora = [
  'spamassassin',
  'csdmc2010',
  'foff-milter',
  'enron',
  'usrp-users',
  'phishing-pot',
] as const;

export const folds = 5;

const labels = ['hardham', 'ham', 'spam'] as const;

const reading = { textLimit: contentTextLimit, content: true, deadlineMs: 60_000 };

/** `mbox` lines are gone: they would say from which mailbox a mail is. */
export async function readLabelled(names: readonly string[] = corpora): Promise<readonly LabelledMail[]> {
  const inspector = createMessageInspector();
  const files = names.flatMap((corpus) => [...readMail(corpus)].map((file) => ({ corpus, ...file })));
  const mails: LabelledMail[] = [];
  try {
    for (const { corpus, path, bytes } of files) {
      const label = labels.find((one) => path.includes(`/${one}/`));
      if (label === undefined) continue;
      const raw = asReceived(bytes);
      const read = await inspector.inspect(raw, reading);
      if (!read.ok) throw new Error(`${path} cannot be read: ${read.error}`);
      const fold = (sha256(raw)[0] ?? 0) % folds;
      mails.push({ corpus, label, isSpam: label === 'spam', raw, message: read.value, fold });
    }
  } finally {
    await inspector.close();
  }
  return mails;
}
