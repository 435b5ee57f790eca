/** Links: events of type `$>` whose data name another event as `revision@stream`, read in its place where a client wishes. */
import type { EventBatch } from '../protocol/event-batch.ts';
import type { EventLog } from '../store/event-log.ts';
import type { StoredEvent } from '../store/requests.ts';
import { tombstoneRevision } from '../store/requests.ts';
import type { Visit } from '../store/reads.ts';

const linkType = '$>';

/** Adds events to the batch as they are, or with links followed. */
export function addingTo(batch: EventBatch, log: EventLog, resolveLinks: boolean): Visit {
  if (!resolveLinks) return (event) => batch.add(event);
  return (event) =>
    log.types.byId(event.type).name === linkType
      ? batch.addLinked(targetOf(event, log), event)
      : batch.add(event);
}

/** The event that a link names; undefined if it is gone. */
function targetOf(link: StoredEvent, log: EventLog): StoredEvent | undefined {
  const [, revision, stream] = /^(\d{1,16})@(.+)$/s.exec(Buffer.from(link.data).toString('utf8')) ?? [];
  if (revision === undefined || stream === undefined) return undefined;
  const isGone =
    log.settings.of(stream)?.isDeleted === true ||
    log.streams.find(stream)?.lastRevision === tombstoneRevision;
  if (isGone) return undefined;
  return log.find(stream, Number(revision));
}
