/** What a domain teaches, end to end: from the event to the counts of the centre, and by the feed to those of an edge. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { countChange } from '@sluice/core/bayes/counts.ts';
import { createMemoryModel, type MemoryModel } from '@sluice/core/bayes/memory-model.ts';
import { mailboxModelId, serviceModelId } from '@sluice/core/bayes/model-id.ts';
import { tokenize } from '@sluice/core/bayes/tokenize.ts';
import { mailboxesOf, type TrainingLabel } from '@sluice/core/bayes/training.ts';
import { followBayes } from '@sluice/core/edge/follow-bayes.ts';
import { sha256Hex } from '@sluice/core/kernel/hash.ts';
import { accountScope, operatorScope } from '@sluice/core/kernel/tenant-scope.ts';
import type { BayesReplica } from '@sluice/core/ports/bayes-models.ts';
import { taughtFileId, tokensOf, trainMails, trainService } from '@sluice/core/use-cases/training.ts';
import { bayesChangedAfter, taughtLabels, taughtMails, waitFor } from '@sluice/postgres';
import { createPause, openBayesReplica } from '@sluice/sqlite-edge';
import { messageOf } from '@sluice/core/checks/check-specification.ts';
import { type Centre, makeDomain, must, startCentre, type TestDomain } from './intake.harness.ts';
import { startTestIntake, type TestIntake } from './intake.http.harness.ts';
import { type ReadSide, startReadSide } from './projections.harness.ts';
import { eventually } from './support/eventually.ts';
import { usePostgres } from './support/postgres.ts';

const server = usePostgres();
const operator = operatorScope();
let centre: Centre;
let readSide: ReadSide;
let intake: TestIntake;
let number = 0;

beforeAll(async () => {
  centre = await startCentre(server.url);
  readSide = await startReadSide(centre);
  intake = await startTestIntake(centre);
});
afterAll(async () => {
  await intake?.close();
  await readSide?.close();
  await centre?.close();
});

const freshDomain = (): Promise<TestDomain> => makeDomain(centre, `taught${(number += 1)}.example`);

const mailOf = (text: string) => messageOf({ text, subject: text.slice(0, 20) });

/** Says it of mails that have no more than this text; resolves once it is counted. */
async function teach(domain: TestDomain, said: readonly (readonly [string, TrainingLabel])[]): Promise<void> {
  const mails = said.map(([text, as]) => ({
    mailId: taughtFileId(domain.domainId, sha256Hex(text)),
    as,
    by: 'file' as const,
    ...tokensOf(mailOf(text)),
  }));
  const { position } = must(await trainMails(centre.context, domain, mails));
  expect(await waitFor(centre.postgres.db, 'training', position!, 10_000)).toBe(true);
}

/** What the counts have to be. */
function expected(said: readonly (readonly [string, TrainingLabel])[]): MemoryModel {
  const model = createMemoryModel();
  model.add(countChange(said.map(([text, as]) => ({ tokens: tokenize(mailOf(text)).hashes, as }))));
  return model;
}

async function withEdge(work: (models: BayesReplica) => Promise<void>, name: string): Promise<void> {
  const models = openBayesReplica({ file: join(centre.folder, `${name}.db`) });
  const stop = new AbortController();
  const following = followBayes({ intake: intake.clientOf(name), models, pause: createPause() }, stop.signal);
  try {
    await work(models);
  } finally {
    stop.abort();
    await following;
    models.close();
  }
}

/** Waits until the edge has the mails, and compares every token of the texts. */
async function expectCounts(
  models: BayesReplica,
  modelId: string,
  { want, texts }: { readonly want: MemoryModel; readonly texts: readonly string[] },
): Promise<void> {
  const tokens = texts.flatMap((text) => tokenize(mailOf(text)).hashes);
  await eventually('the counts at the edge', async () => {
    const model = await models.read(modelId, []);
    return model?.spam === want.spam && model.ham === want.ham;
  });
  expect(await models.read(modelId, tokens)).toEqual({
    ...want.read(tokens),
    version: expect.any(String),
  });
}

const texts = ['cheap pills for you', 'minutes of the meeting', 'cheap flights to the meeting'];

test('What is taught reaches an edge, and another word about a mail takes the first one back', async () => {
  const domain = await freshDomain();
  await teach(domain, [
    [texts[0]!, 'spam'],
    [texts[1]!, 'ham'],
    [texts[2]!, 'spam'],
  ]);
  await withEdge(async (models) => {
    const first = expected([
      [texts[0]!, 'spam'],
      [texts[1]!, 'ham'],
      [texts[2]!, 'spam'],
    ]);
    await expectCounts(models, domain.domainId, { want: first, texts });
    await teach(domain, [[texts[2]!, 'ham']]);
    const second = expected([
      [texts[0]!, 'spam'],
      [texts[1]!, 'ham'],
      [texts[2]!, 'ham'],
    ]);
    await expectCounts(models, domain.domainId, { want: second, texts });
  }, 'mx-word');
});

test('The same word again, and both words in one breath, count once', async () => {
  const domain = await freshDomain();
  await teach(domain, [
    [texts[0]!, 'spam'],
    [texts[0]!, 'spam'],
  ]);
  await teach(domain, [
    [texts[0]!, 'spam'],
    [texts[1]!, 'spam'],
    [texts[1]!, 'ham'],
  ]);
  expect(await taughtMails(operator, centre.postgres.db, domain.domainId)).toEqual({ spam: 1, ham: 1 });
  const mailIds = texts.map((text) => taughtFileId(domain.domainId, sha256Hex(text)));
  const labels = await taughtLabels(operator, centre.postgres.db, { modelId: domain.domainId, mailIds });
  expect([...labels.values()].sort()).toEqual(['ham', 'spam']);
});

test('An edge that was away has the counts of its file, and asks only for what came since', async () => {
  const domain = await freshDomain();
  await teach(domain, [[texts[0]!, 'spam']]);
  const one = expected([[texts[0]!, 'spam']]);
  await withEdge((models) => expectCounts(models, domain.domainId, { want: one, texts }), 'mx-away');
  await teach(domain, [[texts[1]!, 'ham']]);
  const both = expected([
    [texts[0]!, 'spam'],
    [texts[1]!, 'ham'],
  ]);
  await withEdge(async (models) => {
    expect(await models.read(domain.domainId, [])).toMatchObject({ spam: 1 });
    expect(models.position()).toBeDefined();
    await expectCounts(models, domain.domainId, { want: both, texts });
  }, 'mx-away');
});

test('A feed that comes in small pages brings every count once', async () => {
  const domain = await freshDomain();
  await teach(
    domain,
    texts.map((text) => [text, 'spam'] as const),
  );
  const seen = new Set<number>();
  let after: string | undefined;
  for (let more = true; more;) {
    const page = await bayesChangedAfter(operator, centre.postgres.db, { after, limit: 7 });
    for (const { modelId, triples } of page.counts) {
      if (modelId !== domain.domainId) continue;
      for (let at = 0; at < triples.length; at += 3) {
        expect(seen.has(triples[at]!)).toBe(false);
        seen.add(triples[at]!);
      }
    }
    ({ next: after, more } = page);
  }
  expect(seen).toEqual(new Set(texts.flatMap((text) => tokenize(mailOf(text)).hashes)));
});

test('Rebuilt from the events alone, the counts are what they were', async () => {
  const { db } = centre.postgres;
  const before = await bayesChangedAfter(operator, db, { after: undefined, limit: 10_000 });
  await readSide.projections.rebuild('training');
  const after = await bayesChangedAfter(operator, db, { after: undefined, limit: 10_000 });
  const flat = (feed: typeof before) =>
    feed.counts
      .flatMap(({ modelId, triples }) =>
        triples.flatMap((token, at) =>
          at % 3 === 0 ? [`${modelId} ${token} ${triples[at + 1]} ${triples[at + 2]}`] : [],
        ),
      )
      .filter((line) => !line.endsWith(' 0 0'))
      .sort();
  expect(flat(after)).toEqual(flat(before));
  expect(flat(after).length).toBeGreaterThan(20);
});

test('What the operator teaches reaches every edge as a model of its own, and no account sees it', async () => {
  const mails = [
    { text: texts[0]!, as: 'spam' as const },
    { text: texts[1]!, as: 'ham' as const },
  ].map(({ text, as }) => ({
    mailId: taughtFileId(serviceModelId, sha256Hex(text)),
    as,
    by: 'file' as const,
    ...tokensOf(mailOf(text)),
  }));
  const { position } = must(await trainService(centre.context, mails));
  const { db } = centre.postgres;
  expect(await waitFor(db, 'training', position!, 10_000)).toBe(true);
  const want = expected([
    [texts[0]!, 'spam'],
    [texts[1]!, 'ham'],
  ]);
  await withEdge((models) => expectCounts(models, serviceModelId, { want, texts }), 'mx-base');
  const { accountId } = await freshDomain();
  expect(await taughtMails(accountScope(accountId), db, serviceModelId)).toEqual({ spam: 0, ham: 0 });
  expect(await taughtMails(operator, db, serviceModelId)).toEqual({ spam: 1, ham: 1 });
});

test('What is a mailbox’s own counts for it and for its domain, and each keeps the last word that it heard', async () => {
  const domain = await freshDomain();
  const mailId = taughtFileId(domain.domainId, sha256Hex(texts[0]!));
  const say = async (as: TrainingLabel, recipients: readonly string[]) => {
    const mail = { mailId, as, by: 'report' as const, ...tokensOf(mailOf(texts[0]!)) };
    const said = { ...mail, ...mailboxesOf(recipients) };
    const { position } = must(await trainMails(centre.context, domain, [said]));
    expect(await waitFor(centre.postgres.db, 'training', position!, 10_000)).toBe(true);
  };
  await say('spam', ['Ann@here.example', 'bob@here.example']);
  await say('ham', ['bob@here.example']);
  const taught = (modelId: string) => taughtMails(operator, centre.postgres.db, modelId);
  expect(await taught(mailboxModelId(domain.domainId, 'ann@here.example'))).toEqual({ spam: 1, ham: 0 });
  expect(await taught(mailboxModelId(domain.domainId, 'bob@here.example'))).toEqual({ spam: 0, ham: 1 });
  expect(await taught(domain.domainId)).toEqual({ spam: 0, ham: 1 });
});

test('What a domain has taught is nobody else’s to see', async () => {
  const [ours, theirs] = [await freshDomain(), await freshDomain()];
  await teach(theirs, [[texts[0]!, 'spam']]);
  const { db } = centre.postgres;
  expect(await taughtMails(accountScope(ours.accountId), db, theirs.domainId)).toEqual({ spam: 0, ham: 0 });
  expect(await taughtMails(accountScope(theirs.accountId), db, theirs.domainId)).toEqual({ spam: 1, ham: 0 });
});

test('Tokens of another version of the tokenizer are refused', async () => {
  const domain = await freshDomain();
  const mail = {
    mailId: domain.domainId,
    as: 'spam' as const,
    by: 'file' as const,
    tokenizer: 99,
    tokens: '',
  };
  const refused = await trainMails(centre.context, domain, [mail]);
  expect(refused).toMatchObject({ ok: false, error: { code: 'other-tokenizer' } });
});
