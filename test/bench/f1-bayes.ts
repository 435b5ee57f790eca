/**
 * Measures goal F1: CPU time that learned words cost a mail, beside bogofilter taught with the same mails.
 *
 *     node test/bench/f1-bayes.ts [mails, default 1000]
 *
 * Ours is what the check adds to a mail that is read already (every other check shares the reading): tokens, counts out of an
 * edge's replica as it is fed, score and clues. With the reading it stands in a row of its own. Bogofilter reads many files in
 * one process, its most favourable way. Three rounds in turns, medians; CPU time of the process, since machines are shared.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countChange } from '@sluice/core/bayes/counts.ts';
import { observeBayes } from '@sluice/core/bayes/observe.ts';
import { tokenize, tokenizerVersion } from '@sluice/core/bayes/tokenize.ts';
import { contentTextLimit } from '@sluice/core/checks/observations.ts';
import type { BayesReplica } from '@sluice/core/ports/bayes-models.ts';
import { createMessageInspector } from '@sluice/mime';
import { openBayesReplica } from '@sluice/sqlite-edge';
import { corpusMissing } from '../support/corpus.ts';
import { cpuMs } from '../support/cpu-time.ts';
import { bogofilterMissing, trainBogofilter, writeMails } from './support/bogofilter.ts';
import { type LabelledMail, readLabelled } from './support/labelled-mails.ts';
import { median } from './support/statistics.ts';

const rounds = 3;
/** Of bogofilter's CPU time. */
const floor = 2;
const goal = 1;
const domainId = '0193a000-0000-7000-8000-000000000001';

export interface Measured {
  readonly name: string;
  readonly cpuMsPerMail: number;
}

/** As the intake feeds it, in pages. */
async function fedReplica(file: string, taught: readonly LabelledMail[]): Promise<BayesReplica> {
  const said = taught.map(
    ({ message, isSpam }) => ({ tokens: tokenize(message).hashes, as: isSpam ? 'spam' : 'ham' }) as const,
  );
  const { mails, tokens } = countChange(said);
  const models = openBayesReplica({ file });
  const all = [...tokens];
  for (let at = 0; at < all.length; at += 20_000) {
    await models.apply({
      tokenizer: tokenizerVersion,
      models: [{ modelId: domainId, ...mails, version: '1' }],
      counts: [
        {
          modelId: domainId,
          triples: all.slice(at, at + 20_000).flatMap(([token, { spam, ham }]) => [token, spam, ham]),
        },
      ],
      next: '1',
      more: at + 20_000 < all.length,
    });
  }
  return models;
}

export async function run(count = 1_000): Promise<readonly Measured[]> {
  const all = await readLabelled();
  const step = all.length / Math.min(count, all.length / 2);
  const asked = Array.from({ length: Math.floor(all.length / step) }, (_, n) => all[Math.floor(n * step)]!);
  const isAsked = new Set(asked);
  const taught = all.filter((mail) => !isAsked.has(mail));
  const place = mkdtempSync(join(tmpdir(), 'sluice-f1-'));
  using folder = writeMails(all);
  using peer = trainBogofilter(folder, taught);
  const models = await fedReplica(join(place, 'bayes.db'), taught);
  const inspector = createMessageInspector();
  const reading = { textLimit: contentTextLimit, content: true, deadlineMs: 60_000 };
  const score = (mail: LabelledMail) => observeBayes(() => mail.message, { models, domainId });
  try {
    const samples = { ours: [] as number[], reading: [] as number[], theirs: [] as number[] };
    // What runs warm in an edge runs warm here; bogofilter is compiled already.
    for (const mail of asked) await score(mail);
    for (let round = 0; round < rounds; round++) {
      const begun = cpuMs();
      for (const mail of asked) await score(mail);
      const scored = cpuMs();
      for (const { raw } of asked) await inspector.inspect(raw, reading);
      samples.ours.push((scored - begun) / asked.length);
      samples.reading.push((cpuMs() - scored) / asked.length);
      samples.theirs.push(peer.cpuOf(asked) / asked.length);
    }
    return [
      { name: 'learned words', cpuMsPerMail: median(samples.ours) },
      { name: 'with reading the mail', cpuMsPerMail: median(samples.ours) + median(samples.reading) },
      { name: 'bogofilter', cpuMsPerMail: median(samples.theirs) },
    ];
  } finally {
    models.close();
    await inspector.close();
    rmSync(place, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  if (corpusMissing || bogofilterMissing) {
    console.log('Not run: it needs the corpus (SLUICE_TEST_CORPUS) and bogofilter.');
    process.exit(0);
  }
  const measured = await run(Number(process.argv[2] ?? 1_000));
  const peer = measured.at(-1)?.cpuMsPerMail ?? 0;
  console.table(
    measured.map(({ name, cpuMsPerMail }) => ({
      name,
      'CPU ms a mail': cpuMsPerMail.toFixed(3),
      'of bogofilter': `${(cpuMsPerMail / peer).toFixed(2)} ×`,
    })),
  );
  const ratio = (measured[0]?.cpuMsPerMail ?? Infinity) / peer;
  console.log(`F1: ${ratio.toFixed(2)} × bogofilter (floor ${floor} ×, goal ${goal} ×)`);
  if (!(ratio <= floor)) process.exitCode = 1;
}
