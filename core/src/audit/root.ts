/**
 * The daily root: one hash over all decisions that the log took in a day, of all edges and domains, signed and sent away.
 *
 * Two trees (see merkle.ts): a leaf of a domain's tree is one decision as stored, in the order of its stream; a leaf of the
 * day's tree is one domain (`DomainLeaf`), in the order of their ids. A domain that ever had a decision has a leaf every day
 * from then on, so that a day without any is told from a day that is kept back.
 */
import { linkHash } from '../kernel/chain.ts';
import type { DomainEvent, NewEvent } from '../kernel/event.ts';
import type { EventFormats } from '../kernel/event-codec.ts';
import { sha256Hex } from '../kernel/hash.ts';
import { canonicalJson, type JsonObject } from '../kernel/json.ts';
import type { Signature } from '../ports/root-signer.ts';
import { leafHash } from './merkle.ts';

/** What is signed. */
export interface RootStatement {
  readonly version: 1;
  /** Day by the log's clock, UTC, as 2026-11-22. */
  readonly day: string;
  /** `statementHash` of the root before, so that none can be left out; 64 zeros in the first. */
  readonly previous: string;
  /** Leaves of the day's tree. */
  readonly domains: number;
  /** 64 hex digits. */
  readonly root: string;
}

export interface SignedRoot extends Signature {
  readonly statement: RootStatement;
}

/** The decisions of one domain in one day. */
export interface DomainLeaf {
  readonly domainId: string;
  /** Revision of the first one in `decisions-<domainId>`; where there is none, of the next to come. */
  readonly first: number;
  readonly count: number;
  /** Root of their tree, 64 hex digits. */
  readonly root: string;
}

export type RootEvent =
  | DomainEvent<
      'DailyRootSigned',
      SignedRoot & {
        /** The last decision that is in it or in an earlier one. */
        readonly last: { readonly domainId: string; readonly revision: number };
      }
    >
  /** In order of domain ids; several events where there are many. */
  | DomainEvent<'RootLeavesListed', { readonly day: string; readonly leaves: readonly DomainLeaf[] }>
  | DomainEvent<'DailyRootPublished', { readonly day: string; readonly by: string }>;

export const rootFormats: EventFormats<RootEvent> = {
  DailyRootSigned: { version: 1, sealed: [] },
  RootLeavesListed: { version: 1, sealed: [] },
  DailyRootPublished: { version: 1, sealed: [] },
};

/** One `DailyRootSigned` a day. */
export const rootsStream = 'roots';
/** The leaves of one day's tree. */
export const rootLeavesStream = (day: string): string => `rootleaves-${day}`;
export const rootsPublishedStream = (publisher: string): string => `rootspublished-${publisher}`;

export const noRoot = '0'.repeat(64);

/** The text that is signed: with a word before, so that no other signature of the key passes for one of a root. */
export const statementText = (statement: RootStatement): string =>
  `sluice-root-v1\n${canonicalJson({ ...statement })}`;

export const statementHash = (statement: RootStatement): string => sha256Hex(statementText(statement));

/** Leaf of the day's tree. */
export const domainLeafHash = ({ domainId, first, count, root }: DomainLeaf): Uint8Array =>
  leafHash(canonicalJson({ domainId, first, count, root }));

/**
 * Leaf of a domain's tree: the decision with its place and its metadata (time, edge, where the body lies), which the chain
 * of the edge cannot cover because the intake adds to them.
 */
export const decisionLeafHash = (event: NewEvent, revision: number): Uint8Array =>
  leafHash(
    canonicalJson({ hash: linkHash(event), metadata: event.metadata as unknown as JsonObject, revision }),
  );

export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Undefined for what is not 32 bytes in lower-case hex. */
export const hashFromHex = (text: string): Uint8Array | undefined =>
  /^[0-9a-f]{64}$/.test(text) ? Buffer.from(text, 'hex') : undefined;

/** Where a decision is recorded that came in a day: the day of its time in the log. */
export const dayOf = (recordedAt: string): string => recordedAt.slice(0, 10);

export const dayAfter = (day: string): string => Temporal.PlainDate.from(day).add({ days: 1 }).toString();
