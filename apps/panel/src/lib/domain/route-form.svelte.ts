/** The form of a route: rows of hosts, what is wrong with them, and the test of those that stand there. */
import { api } from '#lib/api.ts';
import { sentenceOf } from '#lib/faults.ts';
import { toasts } from '#lib/toasts.svelte.ts';
import type { Change } from './change.svelte.ts';
import type { DomainSummary, TestedHost } from './domain.ts';
import { emptyRow, type RouteRow, rowOf, tidied, urlOf } from './route.ts';

export type Test =
  | { readonly is: 'none' }
  | { readonly is: 'running'; readonly urls: readonly string[] }
  /** `shown`: how many steps of each host, one after the other. */
  | { readonly is: 'done'; readonly hosts: readonly TestedHost[]; readonly shown: number }
  | { readonly is: 'failed'; readonly sentence: string };

const stepMs = 140;
const maxSteps = 5;

export class RouteForm {
  readonly change: Change;
  test: Test = $state.raw({ is: 'none' });
  #edited: readonly RouteRow[] | undefined = $state.raw();
  readonly #domain: () => DomainSummary;

  constructor(domain: () => DomainSummary, change: Change) {
    this.#domain = domain;
    this.change = change;
  }

  readonly #set: readonly RouteRow[] = $derived.by(() => {
    const { route } = this.#domain();
    return route.length === 0 ? [emptyRow] : route.map(rowOf);
  });
  readonly rows: readonly RouteRow[] = $derived(this.#edited ?? this.#set);
  readonly urls: readonly string[] = $derived.by(() =>
    this.rows.filter(({ host }) => host.trim() !== '').map(urlOf),
  );
  readonly isEdited: boolean = $derived.by(() => this.urls.join(' ') !== this.#domain().route.join(' '));

  edit(at: number, part: Partial<RouteRow>): void {
    this.#edited = this.rows.map((row, index) => (index === at ? tidied({ ...row, ...part }) : row));
  }

  add(): void {
    this.#edited = [...this.rows, emptyRow];
  }

  remove(at: number): void {
    const rest = this.rows.filter((_, index) => index !== at);
    this.#edited = rest.length === 0 ? [emptyRow] : rest;
  }

  /** One place up or down. */
  move(at: number, by: -1 | 1): void {
    const rows = [...this.rows];
    const [row] = rows.splice(at, 1);
    if (row === undefined) return;
    rows.splice(at + by, 0, row);
    this.#edited = rows;
  }

  discard(): void {
    this.#edited = undefined;
  }

  async save(): Promise<void> {
    const before = [...this.#domain().route];
    const urls = [...this.urls];
    if (!(await this.#send(urls))) return;
    this.discard();
    toasts.good(
      'The route is changed',
      before.length === 0 ? {} : { action: { text: 'Undo', run: () => void this.#send(before) } },
    );
  }

  #send(urls: string[]): Promise<boolean> {
    return this.change.run(() => api.domains.settings.route.mutate({ domain: this.#domain().name, urls }));
  }

  /** Of the hosts as they stand in the form, saved or not. */
  async run(): Promise<void> {
    const urls = [...this.urls];
    this.test = { is: 'running', urls };
    try {
      const { items } = await api.domains.testRoute.mutate({ domain: this.#domain().name, urls });
      for (let shown = 1; shown <= maxSteps; shown += 1) {
        this.test = { is: 'done', hosts: items, shown };
        await new Promise((resolve) => setTimeout(resolve, stepMs));
      }
    } catch (error) {
      this.test = { is: 'failed', sentence: sentenceOf(error) };
    }
  }
}
