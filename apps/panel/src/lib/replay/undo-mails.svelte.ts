/** The mails of a review that can be released, page by page, and which of them are to stay. */
import { SvelteSet } from 'svelte/reactivity';
import { api } from '#lib/api.ts';
import { sentenceOf } from '#lib/faults.ts';
import type { UndoMail } from './incident.ts';

const pageSize = 50;

export class UndoMails {
  items: readonly UndoMail[] = $state.raw([]);
  next: string | undefined = $state('0');
  busy = $state(false);
  fault = $state('');
  /** Ids of mails that stay where they are. */
  readonly excluded = new SvelteSet<string>();
  readonly #review: { readonly domain: string; readonly id: string };

  constructor(review: { readonly domain: string; readonly id: string }) {
    this.#review = review;
  }

  async more(): Promise<void> {
    if (this.next === undefined || this.busy) return;
    this.busy = true;
    this.fault = '';
    try {
      const page = await api.undo.mails.query({ ...this.#review, cursor: this.next, limit: pageSize });
      this.items = [...this.items, ...page.items];
      this.next = page.next;
    } catch (error) {
      this.fault = sentenceOf(error);
    } finally {
      this.busy = false;
    }
  }

  toggle(id: string, isTaken: boolean): void {
    if (isTaken) this.excluded.delete(id);
    else this.excluded.add(id);
  }

  /** Of those that are shown. */
  toggleAll(areTaken: boolean): void {
    for (const { id } of this.items) this.toggle(id, areTaken);
  }
}
