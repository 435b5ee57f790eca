/** What the intake takes from an edge, which is not trusted: pure checks of one item by itself. */
import { z } from 'zod';
import { edgeFormats, edgeStream } from '../decision/edge-counters.ts';
import { decisionFormats, decisionsStream } from '../decision/mail-judged.ts';
import { domainKeyId } from '../domain/domain.ts';
import type { BatchItem } from '../handover/batch.ts';
import { type ChainLink, isChainOf } from '../kernel/chain.ts';
import { sha256Hex } from '../kernel/hash.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import { mailFormats, mailStream } from '../mail/mail.ts';

/** Why an item will never be taken. */
export type ItemRefusal =
  | 'bad-event'
  | 'wrong-edge'
  | 'wrong-key'
  | 'body-missing'
  | 'body-mismatch'
  | 'unknown-domain'
  | 'foreign-mail'
  | 'chain-broken'
  | 'chain-forked'
  | 'chain-gap'
  | 'follows-refused'
  | 'too-large';

/** An item that is what it says, with the stream that it belongs to: derived here, never taken from the edge. */
export type Admitted =
  | {
      readonly kind: 'decision';
      readonly item: BatchItem;
      readonly stream: string;
      readonly mailId: string;
      readonly domainId: string;
      readonly link: ChainLink;
    }
  | {
      readonly kind: 'mail';
      readonly item: BatchItem;
      readonly stream: string;
      readonly mailId: string;
      readonly domainId: string;
    }
  | { readonly kind: 'counters'; readonly item: BatchItem; readonly stream: string };

const uuid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const bits = z.string().regex(/^[0-9a-f]{1,64}$/);
const code = z.string().regex(/^[a-z0-9-]{1,64}$/);
const verdict = z.enum(['accept', 'tag', 'hold', 'reject', 'defer']);
const sealed = z.object({ keyId: z.string(), data: z.string() });

/** The plain part, on which projections rely without a key. */
const judgedSchema = z.object({
  mailId: uuid,
  verdict,
  reason: code,
  score: z.number(),
  policyRevision: z.int().nonnegative(),
  serviceRevision: z.int().nonnegative().optional(),
  ran: bits,
  failed: bits,
  size: z.int().nonnegative(),
  sha256: hash,
  kept: z.boolean(),
  outcomes: z.array(z.object({ verdict, reason: code })).max(10_000),
  chain: z.object({ edge: z.string(), counter: z.int().positive(), previous: hash }),
  sealed,
});

const deliverySchema = z.object({
  host: z.string().max(300),
  code: z.int().nonnegative(),
  attempt: z.int().positive(),
  // A release is the centre's own business: no edge speaks for one.
  releaseId: z.undefined().optional(),
  sealed,
});

const countersSchema = z.object({
  minute: z.iso.datetime(),
  counts: z
    .array(
      z.object({
        reason: code,
        code: z.int().min(400).max(599),
        domainId: uuid.optional(),
        count: z.int().positive(),
      }),
    )
    .max(10_000),
});

/** Types of mail events that happen at an edge. */
const edgeMailTypes = new Set(['MailDelivered', 'MailDeliveryDeferred', 'MailBounced']);

/** Checks an item of the edge's batch. */
export function admit(item: BatchItem, edge: string): Result<Admitted, ItemRefusal> {
  const { metadata } = item.event;
  if (metadata.actor.id !== edge || (metadata.edge !== undefined && metadata.edge !== edge)) {
    return fail('wrong-edge');
  }
  switch (item.kind) {
    case 'decision':
      return admitDecision(item, edge);
    case 'mail':
      return admitMail(item);
    case 'counters':
      return admitCounters(item, edge);
    default:
      return item.kind satisfies never;
  }
}

function admitDecision(item: BatchItem, edge: string): Result<Admitted, ItemRefusal> {
  const { event, body, mailId } = item;
  const { domainId } = event.metadata;
  const data = judgedSchema.safeParse(event.data).data;
  if (!isOfType(item, decisionFormats, 'MailJudged') || data === undefined || domainId === undefined) {
    return fail('bad-event');
  }
  if (data.mailId !== mailId) return fail('bad-event');
  if (!isChainOf(data.chain.edge, edge)) return fail('wrong-edge');
  if (data.sealed.keyId !== domainKeyId(domainId)) return fail('wrong-key');
  const fault = bodyFault(data, body);
  if (fault !== undefined) return fail(fault);
  return ok({
    kind: 'decision',
    item,
    stream: decisionsStream(domainId),
    mailId,
    domainId,
    link: data.chain,
  });
}

/** What a decision says is kept must be there, and be what was decided. */
function bodyFault(
  { kept, size, sha256 }: z.infer<typeof judgedSchema>,
  body: Uint8Array | undefined,
): ItemRefusal | undefined {
  if (body === undefined) return kept ? 'body-missing' : undefined;
  return body.length !== size || sha256Hex(body) !== sha256 ? 'body-mismatch' : undefined;
}

function admitMail(item: BatchItem): Result<Admitted, ItemRefusal> {
  const { event, mailId } = item;
  const { domainId } = event.metadata;
  const data = deliverySchema.safeParse(event.data).data;
  if (data === undefined || mailId === undefined || domainId === undefined) return fail('bad-event');
  if (!edgeMailTypes.has(event.type) || !isOfType(item, mailFormats, event.type)) return fail('bad-event');
  if (data.sealed.keyId !== domainKeyId(domainId)) return fail('wrong-key');
  return ok({ kind: 'mail', item, stream: mailStream(mailId), mailId, domainId });
}

function admitCounters(item: BatchItem, edge: string): Result<Admitted, ItemRefusal> {
  const data = countersSchema.safeParse(item.event.data).data;
  if (!isOfType(item, edgeFormats, 'ConnectionsRefused') || data === undefined) return fail('bad-event');
  return ok({ kind: 'counters', item, stream: edgeStream(edge, data.minute.slice(0, 10)) });
}

/** Of this type, in a version that we know: a newer edge waits until the centre is as new. */
const isOfType = (
  { event }: BatchItem,
  formats: Readonly<Record<string, { readonly version: number }>>,
  type: string,
): boolean => event.type === type && event.metadata.schemaVersion <= (formats[type]?.version ?? 0);
