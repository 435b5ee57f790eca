/** Teaching over the api: by a mail of the archive, by its release, and by tokens of files. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serviceModelId } from '@sluice/core/bayes/model-id.ts';
import { messageOf } from '@sluice/core/checks/check-specification.ts';
import { sha256Hex } from '@sluice/core/kernel/hash.ts';
import { operatorScope } from '@sluice/core/kernel/tenant-scope.ts';
import { tokensOf } from '@sluice/core/use-cases/training.ts';
import { call, callerOf, startApi, type TestApi } from './api.harness.ts';
import { eventually } from './support/eventually.ts';
import { usePostgres } from './support/postgres.ts';

const server = usePostgres();
let api: TestApi;

beforeAll(async () => {
  api = await startApi(server.url);
});
afterAll(() => api?.close());

interface Answer {
  readonly position?: string;
  readonly taught?: number;
  readonly known?: number;
}

interface MailShown {
  readonly envelope: { readonly recipients: readonly string[] };
  readonly timeline: readonly { readonly type: string; readonly summary: object }[];
}

const ask = async (path: string, input: object): Promise<Answer> =>
  (await call(api.services, api.ours.scope, path, input)) as Answer;

const taught = (after: string | undefined) =>
  ask('training.show', { domain: api.ours.domain.name, ...(after === undefined ? {} : { after }) });

async function lastTraining(): Promise<string> {
  let position = 0n;
  const stream = `training-${api.ours.domain.domainId}`;
  for await (const event of api.centre.store.readStream(stream)) position = event.position;
  return position.toString();
}

test('A kept mail is taught as what somebody says it is, and its release says that it was wanted', async () => {
  const { mailId: id } = await api.keep(api.ours.domain);
  const before = (await taught(undefined)) as { readonly spam: number; readonly ham: number };
  const { position } = await ask('training.mail', { id, as: 'spam' });
  expect(await taught(position)).toMatchObject({ spam: before.spam + 1, ham: before.ham });
  await ask('mails.release', { ids: [id] });
  expect(await taught(await lastTraining())).toMatchObject({ spam: before.spam, ham: before.ham + 1 });
});

test('Tokens of files are taught once, however often they are sent', async () => {
  const { tokenizer, tokens } = tokensOf(messageOf({ text: 'Minutes of the meeting' }));
  const mails = [{ sha256: sha256Hex('the minutes'), tokens }];
  const input = { domain: api.ours.domain.name, as: 'ham', tokenizer, mails };
  const first = await ask('training.files', input);
  expect(first).toMatchObject({ taught: 1, known: 0 });
  await taught(first.position);
  expect(await ask('training.files', input)).toMatchObject({ taught: 0, known: 1, position: undefined });
});

test('What was said of a mail stands in its timeline, and counts for those whom it was sent to', async () => {
  const { mailId: id } = await api.keep(api.ours.domain);
  const { position } = await ask('training.mail', { id, as: 'spam' });
  await taught(position);
  const shown = await eventually('the word in the timeline', async () => {
    const mail = (await ask('mails.show', { id })) as MailShown;
    return mail.timeline.some(({ type }) => type === 'MailTrained') ? mail : undefined;
  });
  expect(shown.timeline.find(({ type }) => type === 'MailTrained')?.summary).toEqual({
    as: 'spam',
    by: 'report',
  });
  const { name } = api.ours.domain;
  const [mailbox] = shown.envelope.recipients;
  expect(await ask('training.show', { domain: name, mailbox })).toMatchObject({ spam: 1 });
  const stranger = { id, as: 'spam', mailbox: `nobody@${name}` };
  await expect(ask('training.mail', stranger)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(ask('training.show', { domain: name, mailbox: 'a@b.example' })).rejects.toThrow('mailbox');
});

test('The operator teaches the base of all domains, and asks what it knows of some words', async () => {
  const said = tokensOf(messageOf({ text: 'Cheap pills' }));
  const mails = [{ sha256: sha256Hex('the pills'), tokens: said.tokens }];
  const input = { as: 'spam', tokenizer: said.tokenizer, mails };
  const operator = (path: string, some: object) => call(api.services, operatorScope(), path, some);
  const { position, taught: fresh } = (await operator('training.serviceFiles', input)) as Answer;
  expect(fresh).toBe(1);
  const after = { after: position };
  expect(await operator('training.showService', after)).toMatchObject({ spam: 1, ham: 0 });
  expect(await operator('training.serviceFiles', input)).toMatchObject({ taught: 0, known: 1 });
  const { counts } = (await operator('dryRun.counts', { modelId: serviceModelId, ...said })) as {
    readonly counts: { readonly pairs: readonly unknown[] };
  };
  expect(counts).toMatchObject({ spam: 1, ham: 0 });
  expect(counts.pairs[0]).toEqual({ spam: 1, ham: 0 });
});

test('An auditor sees how much was taught and teaches nothing', async () => {
  const auditor = callerOf(api.ours.scope, 'auditor');
  const { mailId: id } = await api.keep(api.ours.domain);
  await expect(call(api.services, auditor, 'training.mail', { id, as: 'ham' })).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
  const { name } = api.ours.domain;
  expect(await call(api.services, auditor, 'training.show', { domain: name })).toHaveProperty('spam');
});
