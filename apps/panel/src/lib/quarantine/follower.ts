/** Follows what becomes of released mails, so many at a time: a browser has few connections to spare. */
import { api } from '#lib/api.ts';
import type { Delivery } from './hits.ts';

export type Told = (id: string, delivery: Delivery) => void;

/** More ids make an address that some proxies refuse. */
const windowSize = 100;
/** So long do others wait for mails that are not settled. */
const patienceMs = 20_000;

export class Follower {
  readonly #told: Told;
  #waiting: string[] = [];
  #current: { readonly ids: readonly string[]; end(): void } | undefined;
  readonly #unsettled = new Set<string>();

  constructor(told: Told) {
    this.#told = told;
  }

  follow(ids: readonly string[]): void {
    this.#waiting.push(...ids.filter((id) => !this.#unsettled.has(id)));
    for (const id of ids) this.#unsettled.add(id);
    this.#begin();
  }

  #begin(): void {
    if (this.#current !== undefined || this.#waiting.length === 0) return;
    const ids = this.#waiting.splice(0, windowSize);
    const over = (): void => this.#over(ids);
    const subscription = api.mails.follow.subscribe(
      { ids },
      {
        onData: ({ items }) => {
          for (const { id, delivery } of items) this.#tell(id, delivery);
        },
        onComplete: over,
        onError: over,
      },
    );
    const timer = setInterval(() => this.#waiting.length > 0 && this.#makeRoom(ids), patienceMs);
    const end = (): void => {
      clearInterval(timer);
      subscription.unsubscribe();
    };
    this.#current = { ids, end };
  }

  #tell(id: string, delivery: Delivery): void {
    if (delivery === 'delivered' || delivery === 'bounced') this.#unsettled.delete(id);
    this.#told(id, delivery);
  }

  /** Those that are not settled get another turn after the others. */
  #makeRoom(ids: readonly string[]): void {
    this.#waiting.push(...ids.filter((id) => this.#unsettled.has(id)));
    this.#end();
  }

  #over(ids: readonly string[]): void {
    for (const id of ids) this.#unsettled.delete(id);
    this.#end();
  }

  #end(): void {
    this.#current?.end();
    this.#current = undefined;
    this.#begin();
  }
}
