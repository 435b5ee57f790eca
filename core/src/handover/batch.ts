/**
 * What an edge hands to the intake: one HTTP POST of `application/x-sluice-batch` with items in the order of the outbox.
 *
 * Bytes: u32 (big-endian) length of the header; the header, JSON `BatchHeader`; then the bodies of the items that have
 * one, in order, each of its `bodyLength`. The answer is JSON `BatchAnswer`. Sending a batch again is harmless.
 */
import { z } from 'zod';
import type { NewEvent } from '../kernel/event.ts';
import { refuse, ok, type Refusal, type Result } from '../kernel/result.ts';

const uuid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.-]{0,62}$/);

const eventSchema = z.object({
  id: uuid,
  type: z.string().max(64),
  data: z.record(z.string(), z.json()),
  metadata: z.looseObject({
    schemaVersion: z.int().positive(),
    actor: z.object({ kind: z.literal('edge'), id: name }),
    at: z.iso.datetime(),
    correlationId: z.string().max(64),
    causationId: z.string().max(64).optional(),
    accountId: uuid.optional(),
    domainId: uuid.optional(),
    edge: name.optional(),
  }),
});

const itemSchema = z.object({
  /** Place in the edge's outbox, ascending. */
  seq: z.int().nonnegative(),
  /** decision: `MailJudged` for the domain; mail: an event of `mail-<mailId>`; counters: of the edge's own stream. */
  kind: z.enum(['decision', 'mail', 'counters']),
  /** Undefined for counters. */
  mailId: uuid.optional(),
  event: eventSchema,
  /** Bytes of the raw mail that follows, for the archive; undefined: none. */
  bodyLength: z.int().nonnegative().optional(),
});

const headerSchema = z.object({
  edge: name,
  items: z.array(itemSchema).min(1).max(5_000),
});

export interface BatchItem {
  readonly seq: number;
  readonly kind: 'decision' | 'mail' | 'counters';
  readonly mailId?: string;
  readonly event: NewEvent;
  readonly body?: Uint8Array;
}

export interface Batch {
  readonly edge: string;
  readonly items: readonly BatchItem[];
}

/** What the intake made durable; an item in neither list is to be sent again. */
export interface BatchAnswer {
  readonly taken: readonly number[];
  /** Never will be taken: the edge parks them and says so loudly. */
  readonly refused: readonly { readonly seq: number; readonly reason: string }[];
}

export const batchContentType = 'application/x-sluice-batch';
/** A batch larger than this is refused whole. */
export const maxBatchBytes = 128 * 1024 * 1024;

export function encodeBatch(batch: Batch): Uint8Array {
  const items = batch.items.map(({ body, ...item }) =>
    body === undefined ? item : { ...item, bodyLength: body.length },
  );
  const header = Buffer.from(JSON.stringify({ edge: batch.edge, items }));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(header.length);
  return Buffer.concat([
    length,
    header,
    ...batch.items.flatMap(({ body }) => (body === undefined ? [] : [body])),
  ]);
}

/** Reads a batch from an edge, which is not trusted: everything is checked but the sealed parts. */
export function decodeBatch(bytes: Uint8Array): Result<Batch, Refusal<'bad-batch'>> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < 4) return bad('too short');
  const headerEnd = 4 + buffer.readUInt32BE(0);
  if (headerEnd > buffer.length) return bad('header cut off');
  const header = parseHeader(buffer.toString('utf8', 4, headerEnd));
  if (header === undefined) return bad('header does not fit the schema');
  const items: BatchItem[] = [];
  let at = headerEnd;
  for (const { bodyLength, mailId, event, ...item } of header.items) {
    const end = at + (bodyLength ?? 0);
    if (end > buffer.length) return bad('body cut off');
    items.push({
      ...item,
      // The schema has checked the members that zod types more loosely than we do.
      event: event as unknown as NewEvent,
      ...(mailId === undefined ? {} : { mailId }),
      ...(bodyLength === undefined ? {} : { body: buffer.subarray(at, end) }),
    });
    at = end;
  }
  return at === buffer.length ? ok({ edge: header.edge, items }) : bad('bytes left over');
}

function parseHeader(text: string): z.infer<typeof headerSchema> | undefined {
  try {
    return headerSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

const bad = (why: string) => refuse('bad-batch', `The batch cannot be read: ${why}.`);
