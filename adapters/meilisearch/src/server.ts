/** One Meilisearch server: asks it, waits for its tasks, and says in plain words what went wrong. */
import { setTimeout } from 'node:timers/promises';
import { type EnqueuedTask, Meilisearch, type Task } from 'meilisearch';
import { explainFailure, explainTask, SearchRefused, SearchUnavailable, TaskUnknown } from './errors.ts';

export interface MeilisearchAddress {
  /** `SLUICE_MEILI_URL`. */
  readonly url: string;
  /** `SLUICE_MEILI_KEY`. */
  readonly key?: string | undefined;
  /** Name of the index; several installations may share a server. */
  readonly name?: string | undefined;
  /** How long one answer may take, in ms. */
  readonly answerMs?: number | undefined;
  /** How long a task may take from being enqueued to its end, in ms: others' tasks may be before it. */
  readonly taskMs?: number | undefined;
}

export interface Server {
  /** Throws SearchUnavailable or SearchRefused. */
  ask<T>(question: (client: Meilisearch) => Promise<T>): Promise<T>;
  /** The same, where an answer may be that there is none: the codes given are undefined. */
  askFor<T>(
    question: (client: Meilisearch) => Promise<T>,
    ...without: readonly string[]
  ): Promise<T | undefined>;
  /** Looks again and again until nothing is missing. What is, is said as `the task 7 (indexSwap) is enqueued`. */
  until(look: () => Promise<string | undefined>): Promise<void>;
  /** Enqueues a task and waits for its end; throws TaskUnknown where that is not to be seen. A failure with one of the codes given is as good as success. */
  perform(task: (client: Meilisearch) => Promise<EnqueuedTask>, ...without: readonly string[]): Promise<void>;
}

const longestPauseMs = 250;

export function connectServer({ url, key, answerMs = 10_000, taskMs = 600_000 }: MeilisearchAddress): Server {
  const client = new Meilisearch({ host: url, timeout: answerMs, ...(key !== undefined && { apiKey: key }) });
  const where = new URL(url).host;

  const ask: Server['ask'] = async (question) => {
    try {
      return await question(client);
    } catch (error) {
      throw explainFailure(error, where);
    }
  };

  const taskOf = async (uid: number): Promise<Task> => {
    const task = await unless(['task_not_found'], () => ask(() => client.tasks.getTask(uid)));
    if (task === undefined) throw new TaskUnknown(`Meilisearch at ${where} shows no task ${uid}`);
    return task;
  };

  const until: Server['until'] = async (look) => {
    const began = performance.now();
    for (let pause = 4; ; pause = Math.min(pause * 2, longestPauseMs)) {
      const missing = await look();
      if (missing === undefined) return;
      if (performance.now() - began > taskMs)
        throw new SearchUnavailable(`Meilisearch at ${where}: ${missing} after ${taskMs / 1000} s`);
      await setTimeout(pause);
    }
  };

  const waitFor = (uid: number): Promise<void> =>
    until(async () => {
      const task = await taskOf(uid);
      if (task.status === 'failed' || task.status === 'canceled') throw explainTask(task, where);
      return task.status === 'succeeded' ? undefined : `the task ${uid} (${task.type}) is ${task.status}`;
    });

  return {
    ask,
    until,
    askFor: (question, ...without) => unless(without, () => ask(question)),
    async perform(task, ...without) {
      await unless(without, async () => waitFor((await ask(task)).taskUid));
    },
  };
}

async function unless<T>(codes: readonly string[], work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SearchRefused && codes.includes(error.code)) return undefined;
    throw error;
  }
}
