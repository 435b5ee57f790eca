/**
 * An export of decisions: JSON Lines (docs/decisions-export.md), each line in the one canonical form, so that no byte can be
 * changed without a meaning. Header; then, day by day, the signed root and the decisions that it covers; then those that no
 * root covers yet; then the end, signed over everything before.
 */
import { z } from 'zod';
import type { MailJudgedData } from '../decision/mail-judged.ts';
import type { ChainHead } from '../kernel/chain.ts';
import type { NewEvent } from '../kernel/event.ts';
import { sha256Hex } from '../kernel/hash.ts';
import { canonicalJson, type Json } from '../kernel/json.ts';
import type { DomainLeaf, SignedRoot } from './root.ts';

export interface ExportHeader {
  readonly kind: 'export';
  readonly version: 1;
  readonly domain: { readonly id: string; readonly name: string };
  /** ISO 8601 UTC. */
  readonly exportedAt: string;
  /** As asked for; `until` undefined: all there were. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  /** Revisions in `decisions-<domainId>`: included, excluded. */
  readonly first: number;
  readonly end: number;
  /** Public key of the installation. */
  readonly key: string;
}

export interface ExportedRoot extends SignedRoot {
  readonly kind: 'root';
  /** The domain's leaf in the day's tree, its place, and the proof that it is there. */
  readonly leaf: DomainLeaf;
  readonly index: number;
  readonly path: readonly string[];
  /** For a day of which the file has a part: what its run of decisions needs to come to the leaf's root. */
  readonly proof: readonly string[];
}

export interface ExportedDecision {
  readonly kind: 'decision';
  readonly revision: number;
  /** As stored, the personal part sealed. */
  readonly event: NewEvent;
  /** The personal part, where the export was asked for opened. */
  readonly opened?: Partial<Pick<MailJudgedData, 'envelope' | 'facts' | 'summary'>> | 'erased';
}

export interface ExportEnd {
  readonly kind: 'end';
  readonly decisions: number;
  /** Where the chain of each edge stands. */
  readonly heads: Readonly<Record<string, ChainHead>>;
  /** `digestAfter` all lines before. */
  readonly digest: string;
  /** Of `endText`, by the header's key. */
  readonly signature: string;
}

export type ExportLine = ExportHeader | ExportedRoot | ExportedDecision | ExportEnd;

/** A line without its line feed. */
export const lineText = (line: ExportLine): string => canonicalJson(line as unknown as Json);

export const noDigest = '0'.repeat(64);

/** The digest of a file grows line by line, so that nobody has to hold it whole. */
export const digestAfter = (digest: string, text: string): string => sha256Hex(`${digest}\n${text}`);

/** What is signed at the end. */
export const endText = ({ kind, decisions, heads, digest }: Omit<ExportEnd, 'signature'>): string =>
  `sluice-export-v1\n${canonicalJson({ kind, decisions, heads: heads as unknown as Json, digest })}`;

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const signature = z.string().regex(/^[0-9a-f]{128}$/);
const count = z.int().nonnegative();
const day = z.iso.date();

const statement = z.strictObject({
  version: z.literal(1),
  day,
  previous: hash,
  domains: count,
  root: hash,
});

export const signedRootSchema = z.strictObject({ statement, key: hash, signature });

const header = z.strictObject({
  kind: z.literal('export'),
  version: z.literal(1),
  domain: z.strictObject({ id: z.string(), name: z.string() }),
  exportedAt: z.iso.datetime(),
  since: z.string().optional(),
  until: z.string().optional(),
  first: count,
  end: count,
  key: hash,
});

const root = z.strictObject({
  kind: z.literal('root'),
  statement,
  key: hash,
  signature,
  leaf: z.strictObject({ domainId: z.string(), first: count, count, root: hash }),
  index: count,
  path: z.array(hash).max(64),
  proof: z.array(hash).max(128),
});

const decision = z.strictObject({
  kind: z.literal('decision'),
  revision: count,
  event: z.strictObject({
    id: z.string(),
    type: z.string(),
    data: z.record(z.string(), z.json()),
    metadata: z.record(z.string(), z.json()),
  }),
  opened: z.union([z.literal('erased'), z.record(z.string(), z.json())]).optional(),
});

const end = z.strictObject({
  kind: z.literal('end'),
  decisions: count,
  heads: z.record(z.string(), z.strictObject({ counter: count, hash })),
  digest: hash,
  signature,
});

const anyLine = z.discriminatedUnion('kind', [header, root, decision, end]);

/** A line of a file, which is not trusted; undefined for anything that is not exactly as we write it. */
export function parseLine(text: string): ExportLine | undefined {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
  if (canonicalJson(value) !== text) return undefined;
  // The schema has checked what zod types more loosely than we do.
  return anyLine.safeParse(value).data as unknown as ExportLine | undefined;
}
