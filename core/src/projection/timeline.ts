/** What the timeline of a thing says of an event. */
import type { Actor, RecordedEvent } from '../kernel/event.ts';
import type { JsonObject } from '../kernel/json.ts';

export const timelineSubjects = ['mail', 'domain', 'account', 'user'] as const;
export type TimelineSubject = (typeof timelineSubjects)[number];

export interface TimelineEntry {
  readonly eventId: string;
  readonly subject: TimelineSubject;
  readonly subjectId: string;
  /** Undefined: visible to the operator only. */
  readonly accountId: string | undefined;
  readonly domainId: string | undefined;
  /** Decimal string. */
  readonly position: string;
  readonly type: string;
  /** ISO 8601. */
  readonly at: string;
  readonly actor: Actor;
  /** The event's data in the open; of a decision only the verdict, since the mail itself has the rest, of a teaching only the word. */
  readonly summary: JsonObject;
}

type Recorded = Pick<RecordedEvent, 'id' | 'stream' | 'type' | 'position' | 'metadata'>;

/** Undefined for an event that is about none of the subjects. `data`: in the open, or the plain part of an erased event. */
export function timelineEntry(recorded: Recorded, data: JsonObject): TimelineEntry | undefined {
  const about = subjectOf(recorded, data);
  if (about === undefined) return undefined;
  const { metadata } = recorded;
  return {
    ...about,
    eventId: recorded.id,
    accountId: about.subject === 'account' ? about.subjectId : metadata.accountId,
    domainId: about.subject === 'domain' ? about.subjectId : metadata.domainId,
    position: recorded.position.toString(),
    type: recorded.type,
    at: metadata.at,
    actor: metadata.actor,
    summary: summaryOf(recorded.type, data),
  };
}

function subjectOf(
  { stream }: Recorded,
  data: JsonObject,
): { readonly subject: TimelineSubject; readonly subjectId: string } | undefined {
  const dash = stream.indexOf('-');
  const category = stream.slice(0, dash);
  if (category === 'decisions' || (category === 'training' && data['by'] !== 'file')) {
    return typeof data['mailId'] === 'string' ? { subject: 'mail', subjectId: data['mailId'] } : undefined;
  }
  const subject = timelineSubjects.find((one) => one === category);
  return subject && { subject, subjectId: stream.slice(dash + 1) };
}

function summaryOf(type: string, data: JsonObject): JsonObject {
  if (type === 'MailJudged') return verdictOf(data);
  // What the mail consists of is for nobody to read.
  return type === 'MailTrained' ? { as: data['as'], by: data['by'] } : data;
}

const verdictOf = ({ verdict, reason, score, kept }: JsonObject): JsonObject => ({
  verdict,
  reason,
  score,
  kept,
});
