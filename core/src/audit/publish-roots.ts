/** Sends signed roots out, each once a way as far as we know, in the order of their days. */
import { eventId } from '../kernel/hash.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import type { EventStore } from '../ports/event-store.ts';
import type { RootPublisher } from '../ports/root-publisher.ts';
import { readRoots } from './read-roots.ts';
import { rootEvent } from './root-event.ts';
import { rootsPublishedStream } from './root.ts';
import { lastRoot } from './sign-roots.ts';

/**
 * Publishes what has not been published this way; one that is new begins with the newest root. Stops at the first that
 * fails, with the publisher's sentence, and goes on with it when asked again. Throws StoreUnavailable.
 */
export async function publishRoots(
  store: EventStore,
  publisher: RootPublisher,
  { now, signal }: { readonly now: string; readonly signal: AbortSignal },
): Promise<Result<number, string>> {
  const last = await lastRoot(store);
  if (last === undefined) return ok(0);
  const stream = rootsPublishedStream(publisher.name);
  const { day: publishedDay, revision } = await lastPublished(store, stream);
  let [published, expected] = [0, revision];
  const from = publishedDay === undefined ? last.revision : 0;
  for await (const root of readRoots(store, { from })) {
    const { day } = root.statement;
    if (publishedDay !== undefined && day <= publishedDay) continue;
    const sent = await publisher.publish(root, signal);
    if (!sent.ok) return sent;
    const event = rootEvent(
      'DailyRootPublished',
      { id: eventId('root-published', publisher.name, day), now },
      { day, by: publisher.name },
    );
    const noted = await store.append(stream, [event], expected < 0 ? 'no-stream' : expected);
    if (!noted.ok) return fail(`It was sent, but not noted: ${noted.error.code}.`);
    expected = noted.value.revision;
    published += 1;
  }
  return ok(published);
}

async function lastPublished(
  store: EventStore,
  stream: string,
): Promise<{ readonly day: string | undefined; readonly revision: number }> {
  for await (const { data, revision } of store.readStream(stream, { direction: 'backwards', limit: 1 })) {
    const { day } = data;
    return { day: typeof day === 'string' ? day : undefined, revision };
  }
  return { day: undefined, revision: -1 };
}
