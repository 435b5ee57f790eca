/** Projection: the search index of what was refused and held, with the text of the mails themselves. */
import type { MailJudged } from '@sluice/core/decision/mail-judged.ts';
import type { BodyLocation, RecordedEvent } from '@sluice/core/kernel/event.ts';
import type { InspectedMessage, MessageInspector } from '@sluice/core/ports/message-inspector.ts';
import { maxBodyCharacters, type QuarantineDocument } from '@sluice/core/ports/quarantine-index.ts';
import type { BodyReader } from '@sluice/core/projection/body-reader.ts';
import {
  isQuarantined,
  quarantineDocument,
  undeliverableDocument,
} from '@sluice/core/projection/quarantine-document.ts';
import type { Log } from '@sluice/telemetry';
import type { Projection } from './projection.ts';
import type { Opened, ReadEvents } from './read-event.ts';

export interface IndexChange {
  readonly upsert: readonly QuarantineDocument[];
  readonly remove: readonly string[];
}

export interface QuarantineSources {
  readonly read: ReadEvents;
  readonly bodies: BodyReader;
  readonly inspector: MessageInspector;
  readonly log: Log;
}

const inspectionMs = 5_000;

export const createQuarantine = (sources: QuarantineSources): Projection<IndexChange> => ({
  name: 'quarantine',
  streamPrefixes: ['decisions-', 'mail-'],
  failure: { retries: 3, atLast: 'park' },
  // Documents hold text: fewer at once, so that a batch stays within some megabytes.
  batchEvents: 200,
  async prepare(events) {
    const opened = await sources.read(events.filter(concerns));
    const upsert = new Map<string, QuarantineDocument>();
    const remove = new Set<string>();
    // One after the other: neighbours in the log are neighbours in the archive.
    for (const one of opened) {
      if (one.recorded.type === 'MailExpired') {
        const mailId = one.recorded.stream.slice('mail-'.length);
        upsert.delete(mailId);
        remove.add(mailId);
        continue;
      }
      const document = await documentOf(one, sources);
      if (document !== undefined) upsert.set(document.mailId, document);
    }
    return { upsert: [...upsert.values()], remove: [...remove] };
  },
});

/** By the plain part alone, so that accepted mail costs nothing here. */
function concerns({ type, data, metadata }: RecordedEvent): boolean {
  if (type === 'MailExpired') return true;
  if (type === 'MailBounced') return metadata.intake?.body !== undefined;
  return type === 'MailJudged' && isQuarantined(data as unknown as MailJudged['data']);
}

async function documentOf(
  opened: Opened,
  sources: QuarantineSources,
): Promise<QuarantineDocument | undefined> {
  if (opened.status !== 'open') return undefined;
  const { event, recorded } = opened;
  const { metadata, stream } = recorded;
  const { body } = metadata.intake ?? {};
  if (event.type === 'MailJudged') {
    return quarantineDocument(event.data, metadata, await inspectBody(body, event.data.mailId, sources));
  }
  if (event.type !== 'MailBounced' || body === undefined) return undefined;
  const mailId = stream.slice('mail-'.length);
  const inspected = await inspectBody(body, mailId, sources);
  return undeliverableDocument(
    { mailId, recipients: event.data.recipients, size: body.length },
    metadata,
    inspected,
  );
}

/** A mail that cannot be read is found by its summary. */
async function inspectBody(
  location: BodyLocation | undefined,
  mailId: string,
  { bodies, inspector, log }: QuarantineSources,
): Promise<InspectedMessage | undefined> {
  if (location === undefined) return undefined;
  const raw = await bodies.read(location);
  if (!raw.ok) {
    // Missing is what expiry and compaction leave behind; their events follow. Damage is nobody's intention.
    const fields = { mailId, pack: location.pack };
    if (raw.error === 'damaged')
      log.error(fields, 'An archived mail is damaged; indexed by its summary only.');
    return undefined;
  }
  const inspected = await inspector.inspect(raw.value, {
    textLimit: maxBodyCharacters,
    deadlineMs: inspectionMs,
  });
  if (!inspected.ok)
    log.warn({ mailId }, `A mail could not be read (${inspected.error}); indexed by its summary.`);
  return inspected.ok ? inspected.value : undefined;
}
