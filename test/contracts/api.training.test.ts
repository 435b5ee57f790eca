/** Teaching over the api: by a mail of the archive, by its release, and by tokens of files. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { messageOf } from '@sluice/core/checks/check-specification.ts';
import { sha256Hex } from '@sluice/core/kernel/hash.ts';
import { tokensOf } from '@sluice/core/use-cases/training.ts';
import { call, callerOf, startApi, type TestApi } from './api.harness.ts';
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

test('An auditor sees how much was taught and teaches nothing', async () => {
  const auditor = callerOf(api.ours.scope, 'auditor');
  const { mailId: id } = await api.keep(api.ours.domain);
  await expect(call(api.services, auditor, 'training.mail', { id, as: 'ham' })).rejects.toMatchObject({
    code: 'FORBIDDEN',
  });
  const { name } = api.ours.domain;
  expect(await call(api.services, auditor, 'training.show', { domain: name })).toHaveProperty('spam');
});
