/** A mail explained through the api, thresholds of single mailboxes, and the header that tells a verdict. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkBits } from '@sluice/core/decision/mail-judged.ts';
import { waitFor } from '@sluice/postgres';
import { call, startApi, type TestApi } from './api.harness.ts';
import { usePostgres } from './support/postgres.ts';

const server = usePostgres();
let api: TestApi;

beforeAll(async () => {
  api = await startApi(server.url);
});
afterAll(() => api?.close());

const domain = 'ours.example';
const ask = <T>(path: string, input: object): Promise<T> =>
  call(api.services, api.ours.scope, path, input) as Promise<T>;

async function change(path: string, input: object): Promise<void> {
  const { position } = await ask<{ position?: string }>(`domains.settings.${path}`, { domain, ...input });
  if (position !== undefined) await waitFor(api.services.db, 'settings', position);
}

const limits = { tag: 1, hold: 2, reject: 3 };
const mailbox = 'ann@ours.example';

describe('thresholds of a mailbox', () => {
  it('are set, shown, told in the history, and taken back', async () => {
    await change('mailboxThresholds', { mailbox: 'Ann@ours.example', ...limits });
    expect(await ask('domains.show', { domain })).toMatchObject({
      thresholds: { tag: 4 },
      mailboxThresholds: [{ mailbox, ...limits }],
    });
    await change('removeMailboxThresholds', { mailbox });
    expect(await ask('domains.show', { domain })).toMatchObject({ mailboxThresholds: [] });
    const { items } = await ask<{ items: readonly { sentence: string }[] }>('domains.changes', { domain });
    expect(items.slice(0, 2).map(({ sentence }) => sentence)).toEqual([
      `Removed the thresholds of ${mailbox}: those of the domain hold for it again`,
      `Set the thresholds of ${mailbox}: mark from 1, hold from 2, refuse from 3 points`,
    ]);
  });

  it.each([
    ['mailboxThresholds', { mailbox: 'ann@theirs.example', ...limits }, 'BAD_REQUEST'],
    ['mailboxThresholds', { mailbox, ...limits, tag: 9 }, 'BAD_REQUEST'],
    ['mailboxThresholds', { mailbox: '', ...limits }, 'BAD_REQUEST'],
    ['mailboxThresholds', { mailbox: 'x'.repeat(400), ...limits }, 'BAD_REQUEST'],
    ['removeMailboxThresholds', { mailbox: 'nobody@ours.example' }, 'NOT_FOUND'],
    ['verdictHeader', { enabled: 'yes' }, 'BAD_REQUEST'],
  ])('%s %j is refused with a sentence', async (path, input, code) => {
    await expect(ask(`domains.settings.${path}`, { domain, ...input })).rejects.toMatchObject({
      code,
      message: /\w/,
    });
  });
});

it('shows whether accepted mail tells its verdict', async () => {
  expect(await ask('domains.show', { domain })).toMatchObject({ verdictHeader: true });
  await change('verdictHeader', { enabled: false });
  expect(await ask('domains.show', { domain })).toMatchObject({ verdictHeader: false });
});

interface Shown {
  readonly agrees: boolean;
  readonly reply: string;
  readonly notInstalled: readonly string[];
  readonly recipients: readonly {
    readonly thresholds: object;
    readonly wouldChange: readonly { readonly sentence: string }[];
  }[];
}

describe('a mail', () => {
  it('is explained for each recipient, by the thresholds that hold for it', async () => {
    const { mailId } = await api.keep(api.ours.domain);
    const { recipients } = await ask<Shown>('mails.show', { id: mailId });
    expect(recipients.length).toBeGreaterThan(0);
    for (const one of recipients) expect(one).toMatchObject({ thresholds: { tag: 4, hold: 7, reject: 10 } });
  });

  it('whose check is no longer installed is shown all the same, and nothing is made up', async () => {
    const ran = (BigInt(`0x${checkBits(['spf'])}`) | (1n << 255n)).toString(16);
    const { mailId } = await api.keep(api.ours.domain, {
      ran,
      reason: 'reason-of-a-lost-check',
      facts: { 'lost-check': { status: 'observed', fact: { saw: 'something' } } },
    });
    const shown = await ask<Shown>('mails.show', { id: mailId });
    expect(shown).toMatchObject({
      agrees: false,
      verdict: 'reject',
      notInstalled: ['lost-check'],
      facts: { 'lost-check': { fact: { saw: 'something' } } },
    });
    expect(shown.reply).toContain('not installed here');
  });
});
