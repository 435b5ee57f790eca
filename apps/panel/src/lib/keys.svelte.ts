/** Keys that do something: those of the whole panel and those of the page that is open. */
import { onMount } from 'svelte';

export interface Key {
  /** One key as the browser names it, or two, one after the other: `j`, `g q`. */
  readonly keys: string;
  /** What it does, for the list that `?` shows. */
  readonly text: string;
  readonly run: (event: KeyboardEvent) => void;
}

interface Group {
  readonly title: string;
  readonly keys: readonly Key[];
}

const pairMs = 1_000;

class Keys {
  groups: readonly Group[] = $state.raw([]);
  #first: { readonly key: string; readonly at: number } | undefined;

  add(group: Group): () => void {
    this.groups = [...this.groups, group];
    return () => {
      this.groups = this.groups.filter((one) => one !== group);
    };
  }

  press(event: KeyboardEvent): void {
    if (isMeantForOthers(event)) return;
    const pair =
      this.#first !== undefined && event.timeStamp - this.#first.at < pairMs
        ? `${this.#first.key} ${event.key}`
        : undefined;
    this.#first = { key: event.key, at: event.timeStamp };
    const all = this.groups.flatMap((group) => group.keys);
    const found = all.find(({ keys }) => keys === pair) ?? all.find(({ keys }) => keys === event.key);
    if (found === undefined) return;
    event.preventDefault();
    this.#first = undefined;
    found.run(event);
  }
}

const isMeantForOthers = (event: KeyboardEvent): boolean =>
  event.defaultPrevented ||
  event.ctrlKey ||
  event.metaKey ||
  event.altKey ||
  isTyping(event.target) ||
  document.querySelector('dialog[open]') !== null;

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName) || isTextInput(target));

const isTextInput = (target: HTMLElement): boolean =>
  target instanceof HTMLInputElement && !/^(checkbox|radio|button|submit|range)$/.test(target.type);

export const keys = new Keys();

/** In a component: these keys work while it is on the page. */
export const useKeys = (title: string, list: readonly Key[]): void =>
  onMount(() => keys.add({ title, keys: list }));
