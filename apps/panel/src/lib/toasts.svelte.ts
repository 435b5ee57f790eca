/** Short messages about what was just done; they go by themselves, those about failures stay longer. */
export interface Toast {
  readonly id: number;
  readonly tone: 'good' | 'bad';
  readonly text: string;
  /** One thing to do about it, e.g. undo. */
  readonly action?: { readonly text: string; readonly run: () => void };
}

type About = Pick<Toast, 'action'>;

const shownMs = { good: 5_000, bad: 10_000 };
const maxShown = 3;

class Toasts {
  items: readonly Toast[] = $state.raw([]);
  #last = 0;

  good(text: string, about: About = {}): void {
    this.#show('good', text, about);
  }

  bad(text: string, about: About = {}): void {
    this.#show('bad', text, about);
  }

  close(id: number): void {
    this.items = this.items.filter((toast) => toast.id !== id);
  }

  act(toast: Toast): void {
    this.close(toast.id);
    toast.action?.run();
  }

  #show(tone: Toast['tone'], text: string, about: About): void {
    this.#last += 1;
    const id = this.#last;
    this.items = [...this.items, { id, tone, text, ...about }].slice(-maxShown);
    setTimeout(() => this.close(id), shownMs[tone] + (about.action === undefined ? 0 : shownMs.good));
  }
}

/** In the browser only. */
export const toasts = new Toasts();
