/** What the demo inbox was delivered: one file a mail, newest first, the oldest thrown away beyond a limit. */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface InboxMail {
  /** Number in order of arrival, as text of fixed width. */
  readonly id: string;
  /** ISO 8601. */
  readonly receivedAt: string;
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly subject: string;
  /** Display name or address of the From header. */
  readonly from: string;
  readonly size: number;
}

export type DeliveredMail = Pick<InboxMail, 'sender' | 'recipients' | 'subject' | 'from'> & {
  readonly raw: Uint8Array;
};

export interface MailStore {
  /** Durable when it resolves. */
  keep(mail: DeliveredMail): Promise<void>;
  /** Newest first. */
  list(): readonly InboxMail[];
  /** Undefined if there is no such mail. */
  raw(id: string): Promise<Uint8Array | undefined>;
}

const maxMails = 1_000;

export async function openMailStore(folder: string): Promise<MailStore> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const mails = await loadMails(folder);
  let last = Number(mails[0]?.id ?? 0);
  return {
    async keep({ raw, ...about }) {
      last += 1;
      const id = String(last).padStart(10, '0');
      const mail: InboxMail = {
        id,
        receivedAt: new Date().toISOString(),
        ...about,
        size: raw.length,
      };
      await writeFile(join(folder, `${id}.eml`), raw, { flush: true, mode: 0o600 });
      await writeWhole(join(folder, `${id}.json`), JSON.stringify(mail));
      mails.unshift(mail);
      await forget(folder, mails.splice(maxMails));
    },
    list: () => mails,
    raw: async (id) =>
      mails.some((mail) => mail.id === id) ? readFile(join(folder, `${id}.eml`)) : undefined,
  };
}

async function loadMails(folder: string): Promise<InboxMail[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  const mails = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return mails.map((text) => JSON.parse(text) as InboxMail).toSorted((a, b) => (a.id < b.id ? 1 : -1));
}

async function writeWhole(file: string, text: string): Promise<void> {
  await writeFile(`${file}.tmp`, text, { flush: true, mode: 0o600 });
  await rename(`${file}.tmp`, file);
}

async function forget(folder: string, mails: readonly InboxMail[]): Promise<void> {
  for (const { id } of mails) {
    await rm(join(folder, `${id}.json`), { force: true });
    await rm(join(folder, `${id}.eml`), { force: true });
  }
}
