/** Writes the export of a domain's decisions, line by line: memory stays the same but for one day of one domain. */
import type { Clock } from '../ports/clock.ts';
import type { NewEvent, RecordedEvent } from '../kernel/event.ts';
import type { RootSigner } from '../ports/root-signer.ts';
import {
  readDecisions,
  readSealedDecisions,
  type DecisionLog,
  type RecordedDecision,
} from '../replay/read-decisions.ts';
import { revisionsBetween } from '../use-cases/audit.ts';
import {
  digestAfter,
  endText,
  type ExportedDecision,
  type ExportedRoot,
  type ExportLine,
  lineText,
  noDigest,
} from './export-format.ts';
import { createChainFollower } from './follow-chains.ts';
import { rangeProof } from './merkle.ts';
import { leavesOfDay, readRoots } from './read-roots.ts';
import { decisionLeafHash, type DomainLeaf, domainLeafHash, type SignedRoot, toHex } from './root.ts';

export interface ExportPorts extends DecisionLog {
  readonly signer: RootSigner;
  readonly clock: Clock;
}

export interface ExportRequest {
  readonly domain: { readonly id: string; readonly name: string };
  /** By the time at which the log took them, ISO 8601: included, excluded. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  /** What of the personal part is shown beside the sealed form; undefined: nothing. */
  readonly open?: ((decision: RecordedDecision) => ExportedDecision['opened']) | undefined;
  readonly signal?: AbortSignal;
}

/** Lines with their line feeds. Throws StoreUnavailable. */
export async function* exportDecisions(
  ports: ExportPorts,
  request: ExportRequest,
): AsyncGenerator<string, void> {
  const follower = createChainFollower({ isOpen: true });
  let digest = noDigest;
  let decisions = 0;
  for await (const line of linesOf(ports, request)) {
    if (line.kind === 'decision') {
      follower.step(line.event);
      decisions += 1;
    }
    const text = lineText(line);
    digest = digestAfter(digest, text);
    yield `${text}\n`;
  }
  const end = { kind: 'end', decisions, heads: follower.heads(), digest } as const;
  const { signature } = ports.signer.sign(endText(end));
  yield `${lineText({ ...end, signature })}\n`;
}

/** All lines but the end. */
async function* linesOf(ports: ExportPorts, request: ExportRequest): AsyncGenerator<ExportLine, void> {
  const { domain, since, until } = request;
  const { first, end } = await revisionsBetween(ports, domain.id, { since, until });
  const exportedAt = ports.clock.now();
  const key = ports.signer.publicKey;
  yield { kind: 'export', version: 1, domain, exportedAt, since, until, first, end, key };
  let next = first;
  for await (const place of rootsOf(ports, domain.id, first)) {
    const { leaf } = place;
    // What came in since the export began is not part of it.
    if (leaf.first >= end && (until !== undefined || leaf.count > 0)) break;
    const covered = Math.min(end, leaf.first + leaf.count);
    yield await exportedRoot(ports, place, { from: next, to: Math.max(next, covered) });
    if (covered > next) yield* decisionLines(ports, request, { from: next, to: covered });
    next = Math.max(next, covered);
  }
  if (end > next) yield* decisionLines(ports, request, { from: next, to: end });
}

interface Run {
  /** Revisions: included, excluded. */
  readonly from: number;
  readonly to: number;
}

interface RootPlace {
  readonly root: SignedRoot;
  readonly leaf: DomainLeaf;
  readonly index: number;
  readonly path: readonly Uint8Array[];
}

/** Roots with the domain's place in them, from the one that covers the first revision on, without gaps. */
async function* rootsOf(
  { store }: ExportPorts,
  domainId: string,
  first: number,
): AsyncGenerator<RootPlace, void> {
  let hasBegun = false;
  for await (const root of readRoots(store)) {
    const leaves = await Array.fromAsync(leavesOfDay(store, root.statement.day));
    const index = leaves.findIndex((leaf) => leaf.domainId === domainId);
    const leaf = leaves[index];
    if (leaf === undefined) continue;
    hasBegun ||= leaf.first + leaf.count > first;
    if (!hasBegun) continue;
    yield { root, leaf, index, path: rangeProof(leaves.map(domainLeafHash), index, index + 1) };
  }
}

async function exportedRoot(
  { store }: ExportPorts,
  { root, leaf, index, path }: RootPlace,
  run: Run,
): Promise<ExportedRoot> {
  const isWhole = run.from <= leaf.first && run.to >= leaf.first + leaf.count;
  return {
    kind: 'root',
    ...root,
    leaf,
    index,
    path: path.map(toHex),
    proof: isWhole ? [] : (await proofOf({ store }, leaf, run)).map(toHex),
  };
}

async function proofOf(
  { store }: Pick<ExportPorts, 'store'>,
  { domainId, first, count }: DomainLeaf,
  { from, to }: Run,
): Promise<readonly Uint8Array[]> {
  const hashes: Uint8Array[] = [];
  for await (const batch of readSealedDecisions(store, domainId, { from: first, limit: count })) {
    for (const recorded of batch) hashes.push(decisionLeafHash(asNew(recorded), recorded.revision));
  }
  return rangeProof(hashes, from - first, to - first);
}

async function* decisionLines(
  ports: ExportPorts,
  { domain, open, signal }: ExportRequest,
  { from, to }: Run,
): AsyncGenerator<ExportedDecision, void> {
  const range = { from, limit: to - from, ...(signal === undefined ? {} : { signal }) };
  if (open === undefined) {
    for await (const batch of readSealedDecisions(ports.store, domain.id, range)) {
      for (const recorded of batch) yield decisionLine(recorded);
    }
    return;
  }
  for await (const batch of readDecisions(ports, domain.id, range)) {
    for (const decision of batch) {
      const opened = open(decision);
      yield { ...decisionLine(decision.recorded), ...(opened === undefined ? {} : { opened }) };
    }
  }
}

const decisionLine = (recorded: RecordedEvent): ExportedDecision => ({
  kind: 'decision',
  revision: recorded.revision,
  event: asNew(recorded),
});

const asNew = ({ id, type, data, metadata }: RecordedEvent): NewEvent => ({ id, type, data, metadata });
