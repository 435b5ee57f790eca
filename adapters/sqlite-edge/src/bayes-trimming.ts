/** Drops the tokens of a full model that were seen once, the oldest first, as the centre does: in steps that nobody notices. */
import type { DatabaseSync } from 'node:sqlite';

/** Counts that are looked at in one step: about 2 ms of CPU time, and 5 where all of them go. */
const stepSize = 1_000;

/** Answers the tokens that went, step by step; a step that looked and dropped nothing answers none. */
export type Trim = (model: number, surplus: number) => Generator<readonly number[], void>;

export function createTrimming(database: DatabaseSync, transact: (work: () => void) => void): Trim {
  const read = database.prepare(
    'SELECT token, spam + ham AS mails, seq FROM counts WHERE model = ? AND token > ? ORDER BY token LIMIT ?',
  );
  const remove = database.prepare('DELETE FROM counts WHERE model = ? AND token = ?');
  const seldom = (model: number, after: number) => {
    const rows = read.all(model, after, stepSize) as unknown as readonly {
      readonly token: number;
      readonly mails: number;
      readonly seq: number;
    }[];
    return { last: rows.at(-1)?.token, once: rows.filter(({ mails }) => mails <= 1) };
  };

  /** How many tokens that were seen once came with each feed. */
  function* ages(model: number): Generator<readonly number[], ReadonlyMap<number, number>> {
    const bySeq = new Map<number, number>();
    for (let after: number | undefined = -1; after !== undefined;) {
      const { last, once } = seldom(model, after);
      for (const { seq } of once) bySeq.set(seq, (bySeq.get(seq) ?? 0) + 1);
      after = last;
      yield [];
    }
    return bySeq;
  }

  return function* trim(model, surplus) {
    const youngest = youngestToGo(yield* ages(model), surplus);
    let left = surplus;
    for (let after: number | undefined = -1; after !== undefined && left > 0;) {
      const { last, once } = seldom(model, after);
      const gone = once
        .filter(({ seq }) => seq <= youngest)
        .slice(0, left)
        .map(({ token }) => token);
      transact(() => {
        for (const token of gone) remove.run(model, token);
      });
      left -= gone.length;
      after = last;
      yield gone;
    }
  };
}

/** The feed up to which enough would go. */
function youngestToGo(bySeq: ReadonlyMap<number, number>, surplus: number): number {
  let going = 0;
  for (const [seq, tokens] of [...bySeq].sort(([one], [other]) => one - other)) {
    going += tokens;
    if (going >= surplus) return seq;
  }
  return Infinity;
}
