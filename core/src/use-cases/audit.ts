/** Verifying the recorded decisions of a domain against themselves: asked for part by part, so that it shows progress and stops at will. */
import { z } from 'zod';
import type { Audit } from '../audit/audit-decisions.ts';
import { auditRuns } from '../audit/audit-runs.ts';
import { refuse, ok, type Refusal, type Result } from '../kernel/result.ts';
import { runsBetween } from '../replay/questions.ts';
import { decisionCount, firstRevisionSince, type DecisionLog } from '../replay/read-decisions.ts';
import { createReplayer } from './answer-runs.ts';
import type { CommandPorts } from './context.ts';
import { runLength } from './replay.ts';

export interface VerifyRequest {
  readonly domainId: string;
  /** By the time at which the log took them, ISO 8601; included. */
  readonly since?: string;
  /** Excluded. */
  readonly until?: string;
  /** `next` of the part before. */
  readonly cursor?: string;
  /** Decisions of this part at most. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

export interface VerifiedPart extends Omit<Audit, 'firsts' | 'heads'> {
  /** Decisions looked at so far, and of how many. */
  readonly done: number;
  readonly total: number;
  /** Ask again with it as `cursor`; undefined: that was all. */
  readonly next?: string;
}

/** About half a second of work, so that a caller who goes away leaves nothing behind. */
const defaultLimit = 5_000;

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const cursorSchema = z.object({
  first: z.int().nonnegative(),
  from: z.int().nonnegative(),
  end: z.int().nonnegative(),
  heads: z.record(z.string(), z.object({ counter: z.int().nonnegative(), hash })),
});

type Cursor = z.infer<typeof cursorSchema>;

/**
 * Judges the next decisions again under the policies of their time, and follows the chains. What the cursor says is
 * believed: it can only mislead whoever sends it. Throws StoreUnavailable.
 */
export async function verifyDecisions(
  log: DecisionLog & Pick<CommandPorts, 'replayer'>,
  request: VerifyRequest,
): Promise<Result<VerifiedPart, Refusal<'bad-cursor'>>> {
  const { domainId, cursor, limit = defaultLimit, signal } = request;
  const place = cursor === undefined ? await begin(log, request) : readCursor(cursor);
  if (place === undefined) return refuse('bad-cursor', 'The cursor is not one that an earlier part gave.');
  const { first, from, end } = place;
  const to = Math.min(end, from + limit);
  const { replayer = createReplayer(log) } = log;
  const runs = runsBetween(from, to, runLength);
  const asked = { domainId, runs, heads: place.heads, isOpen: first > 0 };
  const pace = { signal: signal ?? new AbortController().signal, breathe: () => Promise.resolve() };
  const { firsts: _, heads, ...audit } = await auditRuns(replayer, asked, pace);
  const next = to < end ? writeCursor({ first, from: to, end, heads: { ...heads } }) : undefined;
  return ok({ ...audit, done: to - first, total: end - first, ...(next === undefined ? {} : { next }) });
}

/** What comes in meanwhile is not part of it. */
async function begin({ store }: DecisionLog, { domainId, since, until }: VerifyRequest): Promise<Cursor> {
  const { first, end } = await revisionsBetween({ store }, domainId, { since, until });
  return { first, from: first, end, heads: {} };
}

/** The decisions of a period as revisions: `first` included, `end` excluded. */
export async function revisionsBetween(
  { store }: Pick<DecisionLog, 'store'>,
  domainId: string,
  { since, until }: { readonly since?: string | undefined; readonly until?: string | undefined },
): Promise<{ readonly first: number; readonly end: number }> {
  const first = since === undefined ? 0 : await firstRevisionSince(store, domainId, since);
  const end =
    until === undefined
      ? await decisionCount(store, domainId)
      : await firstRevisionSince(store, domainId, until);
  return { first, end: Math.max(first, end) };
}

const writeCursor = (cursor: Cursor): string => Buffer.from(JSON.stringify(cursor)).toString('base64url');

function readCursor(text: string): Cursor | undefined {
  try {
    return cursorSchema.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString())).data;
  } catch {
    return undefined;
  }
}
