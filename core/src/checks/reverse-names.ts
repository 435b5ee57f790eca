/** The host names that DNS gives for the client's address: what several checks ask, each with a fact of its own. */
import { observed, type Gathered, type GatherInput } from './check.ts';
import { reverseName } from './client-address.ts';

export interface NamesFact {
  /** Of the PTR records, lower case; none without such a record. */
  readonly names: readonly string[];
  /** Seconds for which the answer held. */
  readonly ttl?: number;
}

/** A client may publish hundreds; a few say enough. */
const maxNames = 5;

export async function gatherNames({
  envelope,
  resolver,
  clientIsPrivate,
  deadlineMs,
}: GatherInput): Promise<Gathered<NamesFact>> {
  if (clientIsPrivate) return { status: 'skipped', why: 'private-client' };
  const answer = await resolver.resolve(reverseName(envelope.ip), 'PTR', { deadlineMs });
  if (answer.status === 'failed') return { status: 'error', message: answer.message };
  if (answer.status !== 'found') return observed({ names: [] });
  const names = answer.records.slice(0, maxNames).map((name) => name.toLowerCase());
  return observed({ names, ...(answer.ttl === undefined ? {} : { ttl: answer.ttl }) });
}
