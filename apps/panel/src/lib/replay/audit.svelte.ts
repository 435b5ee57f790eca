/** Verifying the recorded decisions of a domain, part by part: whoever stops asking has stopped it. */
import { api } from '#lib/api.ts';
import { sentenceOf } from '#lib/faults.ts';
import type { Outputs } from '#lib/outputs.ts';

type Part = Outputs['decisions']['verify'];
export type Note = Part['notes'][number];
export type Problem = Part['problems'][number];
export type RootDay = Outputs['decisions']['days']['items'][number];

export interface Verified {
  readonly decisions: number;
  readonly counts: Part['counts'];
  readonly notes: readonly Note[];
  readonly problems: readonly Problem[];
  readonly problemCount: number;
}

const none: Verified = {
  decisions: 0,
  counts: { same: 0, engine: 0, differs: 0, erased: 0, altered: 0, unjudged: 0 },
  notes: [],
  problems: [],
  problemCount: 0,
};

const maxShown = 200;

export class Verification {
  state: 'none' | 'running' | 'done' | 'failed' | 'cancelled' = $state('none');
  /** What has been found so far. */
  found: Verified = $state.raw(none);
  read = $state(0);
  total = $state(0);
  fault = $state('');
  #stopping = new AbortController();

  /** `since`: ISO 8601; undefined: from the first decision on. */
  async run(domain: string, since: string | undefined): Promise<void> {
    this.cancel();
    const { signal } = (this.#stopping = new AbortController());
    this.state = 'running';
    this.found = none;
    [this.read, this.total, this.fault] = [0, 0, ''];
    const period = { domain, ...(since === undefined ? {} : { since }) };
    try {
      let cursor: string | undefined;
      do {
        const asked = { ...period, ...(cursor === undefined ? {} : { cursor }) };
        const part: Part = await api.decisions.verify.query(asked, { signal });
        if (signal.aborted) return;
        this.found = added(this.found, part);
        [this.read, this.total, cursor] = [part.done, part.total, part.next];
      } while (cursor !== undefined);
      this.state = 'done';
    } catch (error) {
      if (signal.aborted) return;
      this.fault = sentenceOf(error);
      this.state = 'failed';
    }
  }

  cancel(): void {
    if (this.state !== 'running') return;
    this.#stopping.abort();
    this.state = 'cancelled';
  }
}

function added(before: Verified, part: Part): Verified {
  const counts = { ...before.counts };
  for (const [result, count] of Object.entries(part.counts)) counts[result as keyof Part['counts']] += count;
  return {
    decisions: part.done,
    counts,
    notes: [...before.notes, ...part.notes].slice(0, maxShown),
    problems: [...before.problems, ...part.problems].slice(0, maxShown),
    problemCount: before.problemCount + part.problemCount,
  };
}
