/** An old archive comes into the quarantine: each mail once, found by its words, however often the import is begun anew. */
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decisionFormats, decisionsStream, type MailJudged } from '@sluice/core/decision/mail-judged.ts';
import { createEventCodec } from '@sluice/core/kernel/event-codec.ts';
import { operatorScope } from '@sluice/core/kernel/tenant-scope.ts';
import { explain } from '@sluice/core/use-cases/mails.ts';
import { verdictSentence } from '@sluice/core/judge/explain.ts';
import { readMail } from '@sluice/core/archive/read-pack.ts';
import { waitFor } from '@sluice/postgres';
import { edge, type Importer, numberedMail, startImporter } from './import.harness.ts';
import { type Centre, makeDomain, must, startCentre, type TestDomain } from './intake.harness.ts';
import { type ReadSide, startReadSide } from './projections.harness.ts';
import { endOfChain } from './outbox.contract.ts';
import { eventually } from './support/eventually.ts';
import { usePostgres } from './support/postgres.ts';

const postgres = usePostgres();
let centre: Centre;
let readSide: ReadSide;
beforeAll(async () => {
  centre = await startCentre(postgres.url);
  readSide = await startReadSide(centre);
});
afterAll(async () => {
  await readSide.close();
  await centre.close();
});

let importer: Importer;
let domain: TestDomain;
let count = 0;
beforeEach(async () => {
  importer = await startImporter(centre);
  domain = await makeDomain(centre, `old${(count += 1)}.example`);
  await waitFor(centre.postgres.db, 'settings', domain.position);
});
afterEach(() => importer.close());

/** All decisions of the domain, in the order of the log, which is an unbroken chain of this edge. */
async function decisions(): Promise<{ readonly data: MailJudged['data']; readonly revision: number }[]> {
  const recorded = await Array.fromAsync(centre.store.readStream(decisionsStream(domain.domainId)));
  expect(endOfChain(recorded).counter).toBe(recorded.length);
  const codec = createEventCodec<MailJudged>(decisionFormats, centre.vault);
  return Promise.all(
    recorded.map(async (event) => ({ data: must(await codec.decode(event)).data, revision: event.revision })),
  );
}

/** How many they are. */
async function logged(): Promise<number> {
  const last = await Array.fromAsync(
    centre.store.readStream(decisionsStream(domain.domainId), { direction: 'backwards', limit: 1 }),
  );
  return (last[0]?.revision ?? -1) + 1;
}

const subjectsOf = (all: Awaited<ReturnType<typeof decisions>>): readonly string[] =>
  all.map(({ data }) => data.summary.subject).toSorted();

const subjects = (to: number): readonly string[] =>
  Array.from({ length: to }, (_, number) => `number${number} of an archive`).toSorted();

describe('an import', () => {
  it('keeps every mail in the quarantine with what its header tells, and the bytes as they lay there', async () => {
    importer.write(0, 3);
    const { status, report, stderr } = await importer.run(domain.name);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(report).toMatchObject({ found: 3, imported: 3, held: 3, refused: 0, handedIn: 3, known: 0, edge });

    const all = await decisions();
    expect(subjectsOf(all)).toEqual(subjects(3));
    const first = all.find(({ data }) => data.summary.subject.startsWith('number1'))!;
    expect(first.data).toMatchObject({
      verdict: 'hold',
      reason: 'imported',
      kept: true,
      envelope: {
        ip: '198.51.100.7',
        helo: 'mx.sender.example',
        sender: 'alice@sender.example',
        imported: true,
      },
    });
    const place = { ...domain, mailId: first.data.mailId, revision: first.revision };
    const explained = must(await explain(centre.context, place));
    expect(explained.agrees).toBe(true);
    expect(explained.decision.recorded.metadata.at).toBe('2002-08-22T12:01:23.000Z');
    expect(explained.leftOut).toEqual(expect.arrayContaining(['dnsbl', 'fcrdns', 'spf', 'dkim', 'dmarc']));
    expect(verdictSentence(explained.judgement.recipients[0]!, explained.policy.thresholds)).toBe(
      'Imported from an archive; the checks found nothing against it.',
    );
    const raw = must(await readMail(centre.packs, explained.decision.body!));
    expect(Buffer.from(raw).toString()).toBe(numberedMail(1));
  });

  it('is found by its words', async () => {
    importer.write(0, 20);
    await importer.run(domain.name);
    const index = await readSide.indexes.openReader();
    const found = await eventually('the mail in the index', async () => {
      const page = await index.search(operatorScope(), {
        domainId: domain.domainId,
        text: 'number7',
        limit: 10,
      });
      return page.items.length > 0 && page.items;
    });
    expect(found).toMatchObject([{ subject: 'number7 of an archive', reason: 'imported', verdict: 'hold' }]);
    await index.close();
  });

  it('doubles nothing when it is run again, and takes what is new', async () => {
    importer.write(0, 30);
    await importer.run(domain.name);
    expect((await importer.run(domain.name)).report).toMatchObject({ found: 30, known: 30, imported: 0 });
    importer.write(30, 40);
    writeFileSync(join(importer.archive, 'again.eml'), numberedMail(3));
    expect((await importer.run(domain.name)).report).toMatchObject({ found: 41, known: 31, imported: 10 });
    expect(subjectsOf(await decisions())).toEqual(subjects(40));
  });

  it('is complete and doubles nothing after kill -9 in the middle', { timeout: 120_000 }, async () => {
    const mails = 1_200;
    importer.write(0, mails);
    let killed = 0;
    for (let round = 0; round < 3; round += 1) {
      const child = importer.begin(domain.name);
      const before = await logged();
      const isWorking = async () => child.exitCode !== null || (await logged()) > before;
      await eventually('decisions in the log', isWorking, 30_000);
      if (child.exitCode === null) killed += 1;
      const closed = once(child, 'close');
      child.kill('SIGKILL');
      await closed;
    }
    expect(killed).toBeGreaterThan(0);
    const { status, report } = await importer.run(domain.name);
    expect(status).toBe(0);
    expect(report).toMatchObject({ found: mails, stopped: false });
    expect(subjectsOf(await decisions())).toEqual(subjects(mails));
  });

  it('stops at Ctrl-C or at a limit, and goes on where it was', { timeout: 60_000 }, async () => {
    const mails = 1_000;
    importer.write(0, mails);
    const child = importer.begin(domain.name);
    await eventually('a first decision', async () => (await logged()) > 0, 30_000);
    child.kill('SIGINT');
    await once(child, 'close');
    expect(child.exitCode).toBe(1);
    expect((await importer.run(domain.name, '--limit', '1')).report).toMatchObject({ imported: 1 });
    const { report } = await importer.run(domain.name);
    expect(report).toMatchObject({ found: mails, stopped: false });
    expect(subjectsOf(await decisions())).toEqual(subjects(mails));
  });

  it('counts bad files and goes on', async () => {
    importer.write(0, 2);
    writeFileSync(join(importer.archive, 'broken.eml'), 'nothing of a mail');
    writeFileSync(join(importer.archive, 'INDEX.tsv'), 'a\tb\n');
    const { status, report } = await importer.run(domain.name);
    expect(status).toBe(0);
    expect(report).toMatchObject({
      imported: 2,
      other: 1,
      bad: 1,
      badFiles: [{ name: 'broken.eml', why: 'it is no mail' }],
    });
  });

  it('only counts with --dry-run', async () => {
    importer.write(0, 5);
    const { report } = await importer.run(domain.name, '--dry-run');
    expect(report).toMatchObject({ mails: 5, bad: 0, toPostmaster: 5, oldest: '2002-08-22T12:00:23.000Z' });
    expect(await decisions()).toEqual([]);
  });

  it('says by its exit status what is missing: the domain, the archive, the intake', async () => {
    importer.write(0, 1);
    expect(await importer.run('nowhere.example')).toMatchObject({ status: 1 });
    await importer.stopIntake();
    expect(await importer.run(domain.name)).toMatchObject({ status: 3 });
    rmSync(importer.archive, { recursive: true });
    expect(await importer.run(domain.name)).toMatchObject({ status: 2 });
  });
});
