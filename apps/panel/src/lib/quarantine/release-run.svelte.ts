/** The release of many mails: sent in small lots, so that it shows how far it is, can be stopped, and fails in parts only. */
import { api } from '#lib/api.ts';
import { type Fault, faultOf } from '#lib/faults.ts';
import type { Hit } from './hits.ts';

export interface Failure {
  readonly hit: Hit;
  readonly message: string;
}

export type Stage = 'sending' | 'stopped' | 'sent';

const lotSize = 25;

/** Nothing that is tried next would fare better. A mail with a virus says nothing of the others. */
const isGeneral = ({ status, refusal }: Fault): boolean =>
  status >= 500 || status === 401 || (status === 403 && refusal !== 'virus-release') || status === 429;

export class ReleaseRun {
  readonly total: number;
  stage: Stage = $state('sending');
  /** Mails whose release was ordered, whether just now or before. */
  ordered: readonly string[] = $state.raw([]);
  failures: readonly Failure[] = $state.raw([]);
  readonly #ordered: (ids: readonly string[]) => void;
  #isStopped = false;

  constructor(hits: readonly Hit[], ordered: (ids: readonly string[]) => void) {
    this.total = hits.length;
    this.#ordered = ordered;
  }

  get done(): number {
    return this.ordered.length + this.failures.length;
  }

  stop(): void {
    this.#isStopped = true;
  }

  async send(hits: readonly Hit[]): Promise<void> {
    this.stage = 'sending';
    for (let from = 0; from < hits.length; from += lotSize) {
      if (this.#isStopped) break;
      const fault = await this.#sendLot(hits.slice(from, from + lotSize));
      if (fault === undefined) continue;
      this.#fail(hits.slice(from + lotSize), fault);
      break;
    }
    this.stage = this.#isStopped ? 'stopped' : 'sent';
  }

  /** Once more, those that failed. */
  retry(): Promise<void> {
    const hits = this.failures.map(({ hit }) => hit);
    this.failures = [];
    this.#isStopped = false;
    return this.send(hits);
  }

  /** One mail that cannot be released fails its whole lot: then each is tried by itself. Returns what concerns the rest, too. */
  async #sendLot(hits: readonly Hit[]): Promise<Fault | undefined> {
    const fault = await this.#order(hits);
    if (fault === undefined) return undefined;
    if (hits.length === 1 || isGeneral(fault)) {
      this.#fail(hits, fault);
      return isGeneral(fault) ? fault : undefined;
    }
    for (const [at, hit] of hits.entries()) {
      const own = this.#isStopped ? undefined : await this.#sendLot([hit]);
      if (own === undefined) continue;
      this.#fail(hits.slice(at + 1), own);
      return own;
    }
    return undefined;
  }

  async #order(hits: readonly Hit[]): Promise<Fault | undefined> {
    const ids = hits.map(({ id }) => id);
    try {
      await api.mails.release.mutate({ ids });
    } catch (error) {
      return faultOf(error);
    }
    this.ordered = [...this.ordered, ...ids];
    this.#ordered(ids);
    return undefined;
  }

  #fail(hits: readonly Hit[], { message }: Fault): void {
    this.failures = [...this.failures, ...hits.map((hit) => ({ hit, message }))];
  }
}
