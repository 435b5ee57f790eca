/** Releases ordered in this window, and what has become of them; they go on while one looks at other pages. */
import { SvelteMap } from 'svelte/reactivity';
import { api } from '#lib/api.ts';
import { sentenceOf } from '#lib/faults.ts';
import { counted } from '#lib/format.ts';
import { toasts } from '#lib/toasts.svelte.ts';
import { Follower } from './follower.ts';
import type { Delivery, Hit } from './hits.ts';
import { ReleaseRun } from './release-run.svelte.ts';

export interface Tally {
  readonly delivered: number;
  readonly deferred: number;
  readonly bounced: number;
  /** Nothing is known of them yet. */
  readonly open: number;
}

class Releases {
  run: ReleaseRun | undefined = $state.raw();
  readonly #states = new SvelteMap<string, Delivery>();
  readonly #follower = new Follower((id, delivery) => this.#told(id, delivery));

  /** How it stands with a mail, as far as this window knows more than its list. */
  of({ id, delivery }: Pick<Hit, 'id' | 'delivery'>): Delivery {
    return this.#states.get(id) ?? delivery;
  }

  follow(ids: readonly string[]): void {
    if (ids.length > 0) this.#follower.follow(ids);
  }

  /** True where it was ordered. */
  async one(hit: Hit): Promise<boolean> {
    try {
      await api.mails.release.mutate({ ids: [hit.id] });
    } catch (error) {
      toasts.bad(sentenceOf(error));
      return false;
    }
    this.#isOwed([hit.id]);
    toasts.good(`On its way to ${hit.recipients.join(', ')}.`);
    return true;
  }

  async many(hits: readonly Hit[]): Promise<void> {
    this.run = new ReleaseRun(hits, (ids) => this.#isOwed(ids));
    await this.#follow(this.run.send(hits));
  }

  async retry(): Promise<void> {
    if (this.run !== undefined) await this.#follow(this.run.retry());
  }

  close(): void {
    this.run = undefined;
  }

  tallyOf(ids: readonly string[]): Tally {
    const states = ids.map((id) => this.#states.get(id));
    const those = (wanted: Delivery): number => states.filter((state) => state === wanted).length;
    const [delivered, deferred, bounced] = [those('delivered'), those('deferred'), those('bounced')];
    return { delivered, deferred, bounced, open: ids.length - delivered - deferred - bounced };
  }

  async #follow(sending: Promise<void>): Promise<void> {
    await sending;
    this.#finishIfSettled();
  }

  #isOwed(ids: readonly string[]): void {
    for (const id of ids) this.#states.set(id, 'owed');
    this.#follower.follow(ids);
  }

  #told(id: string, delivery: Delivery): void {
    // A release that was ordered just now is not in every read model yet.
    if (delivery === 'none' && this.#states.has(id)) return;
    this.#states.set(id, delivery);
    this.#finishIfSettled();
  }

  #finishIfSettled(): void {
    const { run } = this;
    if (run === undefined || run.stage === 'sending' || run.failures.length > 0) return;
    const tally = this.tallyOf(run.ordered);
    if (tally.open > 0) return;
    this.run = undefined;
    if (run.ordered.length === 0) return;
    const text = summaryOf(tally);
    if (tally.bounced > 0) toasts.bad(text);
    else toasts.good(text);
  }
}

/** “10 mails are delivered, 2 will be tried again.” */
function summaryOf({ delivered, deferred, bounced }: Tally): string {
  const be = (value: number): string => (value === 1 ? 'is' : 'are');
  const parts = [
    delivered > 0 ? `${counted(delivered, 'mail')} ${be(delivered)} delivered` : '',
    deferred > 0 ? `${counted(deferred, 'mail')} will be tried again` : '',
    bounced > 0 ? `${counted(bounced, 'mail')} could not be delivered` : '',
  ];
  return `${parts.filter((part) => part !== '').join(', ')}.`;
}

/** In the browser only. */
export const releases = new Releases();
