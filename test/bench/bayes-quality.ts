/**
 * How well learned words tell spam from wanted mail, beside bogofilter taught with the same mails in the same folds.
 *
 *     node test/bench/bayes-quality.ts [corpus …]
 *
 * Five-fold cross-validation on each corpus that has both kinds, and on all of them together. The table says how many wanted
 * mails (of them promotional ones) each would take for spam where it finds as many spam mails as the row says: at the recall of
 * bogofilter's own cutoff, 0.99, and at rounder ones. "area" is how often, of 10,000 pairs of a spam mail and a wanted one, the
 * wanted one looks worse. Both read all headers: dates, hosts and list names of a collection give something away to either side.
 * In the mixed row enron, usrp-users and phishing-pot have one kind only, so that a model can win by telling collections apart.
 */
import { countChange } from '@sluice/core/bayes/counts.ts';
import { createMemoryModel } from '@sluice/core/bayes/memory-model.ts';
import { scoreTokens } from '@sluice/core/bayes/score.ts';
import { tokenize } from '@sluice/core/bayes/tokenize.ts';
import { corpusMissing } from '../support/corpus.ts';
import { bogofilterMissing, type MailFolder, trainBogofilter, writeMails } from './support/bogofilter.ts';
import { corpora, folds, type LabelledMail, readLabelled } from './support/labelled-mails.ts';

interface Scored {
  readonly mail: LabelledMail;
  readonly ours: number;
  readonly theirs: number;
}

type Side = 'ours' | 'theirs';

const tokensOf = new WeakMap<LabelledMail, readonly number[]>();
function tokens(mail: LabelledMail): readonly number[] {
  const known = tokensOf.get(mail) ?? tokenize(mail.message).hashes;
  tokensOf.set(mail, known);
  return known;
}

function crossValidate(mails: readonly LabelledMail[], folder: MailFolder): readonly Scored[] {
  return Array.from({ length: folds }, (_, fold) => {
    const taught = mails.filter((mail) => mail.fold !== fold);
    const asked = mails.filter((mail) => mail.fold === fold);
    const model = createMemoryModel();
    const said = taught.map((mail) => ({ tokens: tokens(mail), as: mail.isSpam ? 'spam' : 'ham' }) as const);
    model.add(countChange(said));
    using peer = trainBogofilter(folder, taught);
    const theirs = peer.scores(asked);
    return asked.map((mail, at) => ({
      mail,
      ours: scoreTokens(tokens(mail), model.read(tokens(mail))).score,
      theirs: theirs[at] ?? 0,
    }));
  }).flat();
}

const descending = (scores: readonly number[]): readonly number[] => scores.toSorted((a, b) => b - a);

/** Wanted mails that score as high as the least of the spam mails that have to be found. */
function falsePositives(scored: readonly Scored[], side: Side, recall: number): string {
  const spam = descending(scored.filter(({ mail }) => mail.isSpam).map((one) => one[side]));
  const cutoff = spam[Math.max(0, Math.ceil(spam.length * recall - 1e-9) - 1)] ?? 1;
  const wrong = scored.filter((one) => !one.mail.isSpam && one[side] >= cutoff);
  return `${wrong.length} (${wrong.filter(({ mail }) => mail.label === 'hardham').length})`;
}

/** Ties count half. */
function area(scored: readonly Scored[], side: Side): string {
  const ham = scored
    .filter(({ mail }) => !mail.isSpam)
    .map((one) => one[side])
    .sort((a, b) => a - b);
  const spam = scored.filter(({ mail }) => mail.isSpam).map((one) => one[side]);
  const below = (value: number, orEqual: boolean): number => {
    let [from, to] = [0, ham.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      const one = ham[middle] ?? 0;
      if (orEqual ? one <= value : one < value) from = middle + 1;
      else to = middle;
    }
    return from;
  };
  let right = 0;
  for (const one of spam) right += (below(one, false) + below(one, true)) / 2;
  return ((1 - right / (spam.length * ham.length)) * 10_000).toFixed(1);
}

function rows(name: string, scored: readonly Scored[]) {
  const spam = scored.filter(({ mail }) => mail.isSpam);
  const own = spam.filter(({ theirs }) => theirs >= 0.99).length / spam.length;
  return [own, 0.9, 0.95, 0.98, 0.99, 0.995].map((recall, at) => ({
    corpus: at === 0 ? name : '',
    recall: at === 0 ? `${(recall * 100).toFixed(1)} % (its own)` : `${recall * 100} %`,
    'ours (promotional)': falsePositives(scored, 'ours', recall),
    bogofilter: falsePositives(scored, 'theirs', recall),
    'area, ours': at === 0 ? area(scored, 'ours') : '',
    'area, bogofilter': at === 0 ? area(scored, 'theirs') : '',
  }));
}

if (import.meta.main) {
  if (corpusMissing || bogofilterMissing) {
    console.log('Not run: it needs the corpus (SLUICE_TEST_CORPUS) and bogofilter.');
    process.exit(0);
  }
  const named = process.argv.slice(2);
  const mails = await readLabelled(named.length === 0 ? corpora : named);
  using folder = writeMails(mails);
  const sets = [...Map.groupBy(mails, (mail) => mail.corpus), ['mixed', mails] as const].filter(
    ([, some]) => some.some(({ isSpam }) => isSpam) && some.some(({ isSpam }) => !isSpam),
  );
  const table = sets
    .filter(([, some], at) => at === 0 || some.length !== sets[0]?.[1].length)
    .flatMap(([name, some]) => rows(`${name}, ${some.length} mails`, crossValidate(some, folder)));
  console.table(table);
}
