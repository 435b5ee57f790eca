/** Mails that are ticked: one by one, a stretch of them, or all that match. */
import { SvelteMap } from 'svelte/reactivity';
import type { Hit } from './hits.ts';

export class Selection {
  readonly #chosen = new SvelteMap<string, Hit>();
  /** Where a stretch begins. */
  #anchor: string | undefined;

  get size(): number {
    return this.#chosen.size;
  }

  get hits(): readonly Hit[] {
    return [...this.#chosen.values()];
  }

  has(id: string): boolean {
    return this.#chosen.has(id);
  }

  toggle(hit: Hit): void {
    this.#set(hit, !this.has(hit.id));
    this.#anchor = hit.id;
  }

  /** From the one that was ticked last up to this one: all become what this one becomes. */
  stretchTo(hit: Hit, shown: readonly Hit[]): void {
    const from = shown.findIndex(({ id }) => id === this.#anchor);
    const to = shown.findIndex(({ id }) => id === hit.id);
    if (from === -1 || to === -1) {
      this.toggle(hit);
      return;
    }
    const isOn = !this.has(hit.id);
    for (const one of shown.slice(Math.min(from, to), Math.max(from, to) + 1)) this.#set(one, isOn);
    this.#anchor = hit.id;
  }

  add(hits: readonly Hit[]): void {
    for (const hit of hits) this.#chosen.set(hit.id, hit);
  }

  clear(): void {
    this.#chosen.clear();
    this.#anchor = undefined;
  }

  #set(hit: Hit, isOn: boolean): void {
    if (isOn) this.#chosen.set(hit.id, hit);
    else this.#chosen.delete(hit.id);
  }
}
