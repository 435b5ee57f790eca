/** The list of mails on the page: its first page from the server, older ones added below, new ones above. */
import { api } from '#lib/api.ts';
import { sentenceOf } from '#lib/faults.ts';
import type { Query } from './filter.ts';
import { type Hit, merged, type Page } from './hits.ts';

export interface Loaded {
  readonly query: Query;
  readonly page: Page;
}

/** What is needed to show the list again as it was. */
export interface KeptList {
  readonly items: readonly Hit[];
  readonly next: string | undefined;
}

const pageSize = 50;
/** More at once would push away what somebody is reading. */
const maxInserted = 5;
const maxHeld = 200;
const maxKept = 2_000;

export class MailList {
  items: readonly Hit[] = $state.raw([]);
  /** New mails that wait above the list until somebody wants them. */
  held: readonly Hit[] = $state.raw([]);
  /** More have come than are held. */
  overflows = $state(false);
  /** Arrived since the list was loaded, shown or held. */
  arrived = $state(0);
  busy = $state(false);
  fault: string | undefined = $state();
  #next: string | undefined = $state();
  #query: Query;
  #loading: AbortController | undefined;

  constructor({ query, page }: Loaded) {
    this.#query = query;
    this.items = page.items;
    this.#next = page.next;
  }

  get hasOlder(): boolean {
    return this.#next !== undefined;
  }

  /** Another answer of the server takes the place of all that was there. */
  adopt({ query, page }: Loaded): void {
    this.#loading?.abort();
    this.#loading = undefined;
    this.#query = query;
    this.items = page.items;
    this.#next = page.next;
    this.held = [];
    this.overflows = false;
    this.arrived = 0;
    this.busy = false;
    this.fault = undefined;
  }

  async older(): Promise<void> {
    if (this.#next === undefined || this.#loading !== undefined) return;
    const loading = new AbortController();
    this.#loading = loading;
    this.busy = true;
    this.fault = undefined;
    try {
      const query = { ...this.#query, limit: pageSize, cursor: this.#next };
      const page = await api.quarantine.search.query(query, { signal: loading.signal });
      if (loading.signal.aborted) return;
      this.items = merged(this.items, page.items);
      this.#next = page.next;
    } catch (error) {
      if (loading.signal.aborted) return;
      this.fault = sentenceOf(error);
    }
    this.busy = false;
    this.#loading = undefined;
  }

  /** `hold`: nothing on the page may move. */
  arrive(hits: readonly Hit[], { hold, more }: { readonly hold: boolean; readonly more: boolean }): void {
    const known = new Set([...this.items, ...this.held].map(({ id }) => id));
    const fresh = hits.filter(({ id }) => !known.has(id) && this.#isInView(id, hits));
    this.arrived += fresh.length;
    if (more) this.overflows = true;
    if (!hold && !more && this.held.length === 0 && fresh.length <= maxInserted) {
      this.items = merged(this.items, fresh);
      return;
    }
    const held = merged(this.held, fresh);
    this.overflows ||= held.length > maxHeld;
    this.held = held.slice(0, maxHeld);
  }

  /** What is older than the end of the list comes with its page. */
  #isInView(id: string, hits: readonly Hit[]): boolean {
    const last = this.items.at(-1);
    if (last === undefined || this.#next === undefined) return true;
    const at = hits.find((hit) => hit.id === id)?.receivedAt ?? '';
    return Date.parse(at) >= Date.parse(last.receivedAt);
  }

  reveal(): void {
    this.items = merged(this.items, this.held);
    this.held = [];
  }

  /** undefined: too long to be kept. */
  keep(): KeptList | undefined {
    return this.items.length > maxKept ? undefined : { items: [...this.items], next: this.#next };
  }

  /** As it was; what has come since is held. */
  restore({ items, next }: KeptList): void {
    const known = new Set(items.map(({ id }) => id));
    const newest = Date.parse(items[0]?.receivedAt ?? '');
    const fresh = this.items.filter((hit) => !known.has(hit.id) && Date.parse(hit.receivedAt) >= newest);
    const current = this.items.filter(({ id }) => known.has(id));
    this.items = merged(items, current);
    this.#next = next;
    this.held = fresh;
  }
}
