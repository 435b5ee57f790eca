/** A question that takes a while, such as a replay over a month of mail: asked, watched, cancelled. */
import { sentenceOf } from '#lib/faults.ts';

/** How far it is, as the api says. */
export interface Progress {
  readonly state: 'running' | 'done' | 'failed' | 'cancelled' | 'gone';
  readonly read: number;
  readonly total: number;
  readonly message?: string;
}

export interface Asking<TProgress extends Progress> {
  /** Answers the id to ask on by. */
  readonly start: () => Promise<{ readonly id: string }>;
  readonly progress: (id: string) => Promise<TProgress>;
  readonly cancel: (id: string) => Promise<unknown>;
}

const firstMs = 120;
const mostMs = 1_000;

export class Question<TProgress extends Progress> {
  state: 'none' | 'running' | 'done' | 'failed' | 'cancelled' = $state('none');
  /** Of what was asked last, and is done. */
  answer: TProgress | undefined = $state.raw();
  read = $state(0);
  total = $state(0);
  /** Why it failed: one sentence. */
  fault = $state('');
  #turn = 0;
  #stop: (() => Promise<unknown>) | undefined;

  /** Whatever was asked before is cancelled. */
  async ask({ start, progress, cancel }: Asking<TProgress>): Promise<void> {
    this.cancel();
    const turn = ++this.#turn;
    this.state = 'running';
    this.answer = undefined;
    [this.read, this.total, this.fault] = [0, 0, ''];
    try {
      const { id } = await start();
      this.#stop = () => cancel(id);
      // It was given up before its id was known.
      if (turn !== this.#turn) return void (await cancel(id));
      await this.#watch(turn, () => progress(id));
    } catch (error) {
      if (turn === this.#turn) this.#failed(sentenceOf(error));
    }
  }

  /** As if nothing had been asked. */
  reset(): void {
    this.cancel();
    this.state = 'none';
    this.answer = undefined;
  }

  cancel(): void {
    if (this.state !== 'running') return;
    this.#turn += 1;
    this.state = 'cancelled';
    void this.#stop?.().catch(() => undefined);
    this.#stop = undefined;
  }

  async #watch(turn: number, progress: () => Promise<TProgress>): Promise<void> {
    for (let pause = firstMs; ; pause = Math.min(mostMs, pause * 1.4)) {
      const at = await progress();
      if (turn !== this.#turn) return;
      [this.read, this.total] = [at.read, at.total];
      if (at.state !== 'running') return this.#ended(at);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  #ended(at: TProgress): void {
    this.#stop = undefined;
    if (at.state === 'done') {
      this.answer = at;
      this.state = 'done';
    } else if (at.state === 'cancelled') this.state = 'cancelled';
    else this.#failed(at.message ?? 'The service was started anew meanwhile. Please ask again.');
  }

  #failed(sentence: string): void {
    this.fault = sentence;
    this.state = 'failed';
  }
}
