/** One change of settings on its way: saved, then in force at every edge, and how long that took. */
import { refreshAll } from '$app/navigation';
import { api } from '#lib/api.ts';
import { sentenceOf } from '#lib/faults.ts';
import type { ChangeState, Edges } from './change-words.ts';

interface Answer {
  readonly position?: string | undefined;
}

const firstMs = 250;
const mostMs = 1_000;
const patienceMs = 30_000;

export class Change {
  state: ChangeState = $state.raw({ is: 'none' });
  readonly #domain: () => string;
  #latest = 0;

  constructor(domain: () => string) {
    this.#domain = domain;
  }

  get busy(): boolean {
    return this.state.is === 'saving';
  }

  /** True when the api has taken it; the page shows it then, and how far it has got at the edges goes on by itself. */
  async run(order: () => Promise<Answer>): Promise<boolean> {
    const since = performance.now();
    const turn = ++this.#latest;
    this.state = { is: 'saving' };
    try {
      await this.#taken(await order(), since, turn);
      return true;
    } catch (error) {
      this.state = { is: 'failed', sentence: sentenceOf(error) };
      return false;
    }
  }

  /** For a change that a form has sent by itself. */
  async follow(position: string | undefined): Promise<void> {
    await this.#taken({ position }, performance.now(), ++this.#latest);
  }

  async #taken({ position }: Answer, since: number, turn: number): Promise<void> {
    const domain = this.#domain();
    if (position === undefined) {
      this.state = { is: 'unchanged' };
      return;
    }
    this.state = { is: 'waiting' };
    void this.#watch(domain, { position, since, turn });
    await api.domains.show.query({ domain, after: position });
    await refreshAll();
  }

  async #watch(
    domain: string,
    { position, since, turn }: { position: string; since: number; turn: number },
  ): Promise<void> {
    let edges: Edges | undefined;
    for (let pause = firstMs; performance.now() - since < patienceMs; pause = Math.min(mostMs, pause * 1.4)) {
      const answer = await api.domains.inForce.query({ domain, position }).catch(() => undefined);
      if (turn !== this.#latest) return;
      if (answer?.inForce === true) {
        const seconds = (performance.now() - since) / 1_000;
        this.state = { is: 'in-force', seconds, edges: answer.edges.total };
        return;
      }
      edges = answer?.edges ?? edges;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    if (turn === this.#latest) this.state = { is: 'lagging', edges };
  }
}
