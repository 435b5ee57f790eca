/** Verifies the roots of an export: their signatures, their order, the domain's place in them, and the decisions they cover. */
import type { ExportedDecision, ExportedRoot, ExportHeader } from './export-format.ts';
import { rootOfRange } from './merkle.ts';
import {
  dayAfter,
  dayOf,
  decisionLeafHash,
  domainLeafHash,
  hashFromHex,
  type SignedRoot,
  statementHash,
  statementText,
  toHex,
} from './root.ts';
import type { TellFault, Verification } from './verify-export.ts';

export interface RootsVerifier {
  begin(header: ExportHeader): void;
  /** `next`: the revision that comes next in the file. */
  root(root: ExportedRoot, next: number): void;
  decision(decision: ExportedDecision): void;
  finishDay(): void;
  close(): void;
  told(): {
    readonly covered: number;
    readonly roots: number;
    readonly lastDay?: string;
    readonly keys: readonly string[];
  };
}

/** A root and the hashes of what the file has of its decisions. */
interface OpenDay {
  readonly root: ExportedRoot;
  readonly from: number;
  readonly leaves: Uint8Array[];
}

interface State {
  header: ExportHeader | undefined;
  previous: ExportedRoot | undefined;
  open: OpenDay | undefined;
  firstDay: string | undefined;
  covered: number;
  readonly days: Set<string>;
  readonly keys: Set<string>;
}

export function createRootsVerifier(verification: Verification, fault: TellFault): RootsVerifier {
  const known = new Map((verification.roots ?? []).map((root) => [root.statement.day, root]));
  const state: State = {
    header: undefined,
    previous: undefined,
    open: undefined,
    firstDay: undefined,
    covered: 0,
    days: new Set(),
    keys: new Set(),
  };

  const finishDay = (): void => {
    if (state.open !== undefined) verifyDay(state.open, state, fault);
    state.open = undefined;
  };

  return {
    begin(header) {
      state.header = header;
      state.keys.add(header.key);
    },
    root(root, next) {
      finishDay();
      const { day } = root.statement;
      verifySigned(root, verification, fault);
      verifyPlace(root, state, fault);
      const elsewhere = known.get(day);
      if (elsewhere !== undefined && statementHash(elsewhere.statement) !== statementHash(root.statement)) {
        fault('root-differs', `The root of ${day} is not the one that was published.`);
      }
      state.days.add(day);
      state.keys.add(root.key);
      state.firstDay ??= day;
      state.previous = root;
      state.open = { root, from: Math.max(next, root.leaf.first), leaves: [] };
    },
    decision({ event, revision }) {
      // Without a root the day after the log took the first decision is the first that must have one.
      state.firstDay ??= dayAfter(dayOf(event.metadata.intake?.at ?? event.metadata.at));
      const { open } = state;
      if (open === undefined || revision >= open.root.leaf.first + open.root.leaf.count) return;
      open.leaves.push(decisionLeafHash(event, revision));
    },
    finishDay,
    close() {
      finishDay();
      for (const root of known.values()) {
        verifySigned(root, verification, fault);
        if (isMissing(root, state)) {
          const { day } = root.statement;
          fault('root-missing', `A root of ${day} was published, but the file says nothing of that day.`);
        }
      }
    },
    told: () => ({
      covered: state.covered,
      roots: state.days.size,
      ...(state.previous === undefined ? {} : { lastDay: state.previous.statement.day }),
      keys: [...state.keys],
    }),
  };
}

function verifySigned(
  { statement, key, signature }: SignedRoot,
  { verify, keys }: Verification,
  fault: TellFault,
): void {
  const { day } = statement;
  if (!verify(statementText(statement), { key, signature })) {
    fault('bad-signature', `The signature of the root of ${day} is not valid.`);
  }
  if (keys?.includes(key) === false) {
    fault(
      'foreign-key',
      `The root of ${day} is signed by ${key}, which is not the key of this installation.`,
    );
  }
}

/** After the root before it, for this domain, and the domain in it. */
function verifyPlace(root: ExportedRoot, { header, previous }: State, fault: TellFault): void {
  const { statement, leaf, index } = root;
  const { day } = statement;
  if (previous !== undefined && !follows(root, previous)) {
    fault(
      'bad-root',
      `The root of ${day} does not follow the one before it: there is one missing, or altered.`,
    );
  }
  if (previous === undefined && header !== undefined && leaf.first > header.first) {
    fault('root-missing', `The first decisions of the file are not in a root, though those of ${day} are.`);
  }
  const path = root.path.map(hashFromHex).filter((hash) => hash !== undefined);
  const range = { size: statement.domains, from: index, to: index + 1 };
  const found = rootOfRange(range, [domainLeafHash(leaf)], path);
  if (leaf.domainId !== header?.domain.id || found === undefined || toHex(found) !== statement.root) {
    fault('bad-root', `The root of ${day} does not have what the file says of this domain.`);
  }
}

const follows = (root: ExportedRoot, previous: ExportedRoot): boolean =>
  root.statement.previous === statementHash(previous.statement) &&
  root.statement.day === dayAfter(previous.statement.day) &&
  root.leaf.first === previous.leaf.first + previous.leaf.count;

/** The decisions of the day come to the leaf's root: none is altered, missing, doubled or out of order. */
function verifyDay({ root, from, leaves }: OpenDay, state: State, fault: TellFault): void {
  const { leaf, proof, statement } = root;
  const end = state.header?.end ?? 0;
  const to = Math.max(from, Math.min(end, leaf.first + leaf.count));
  const range = { size: leaf.count, from: from - leaf.first, to: to - leaf.first };
  const hashes = proof.map(hashFromHex).filter((hash) => hash !== undefined);
  const found = rootOfRange(range, leaves, hashes);
  if (found === undefined || toHex(found) !== leaf.root) {
    fault('bad-root', `The decisions of ${statement.day} are not those that were signed.`);
    return;
  }
  state.covered += leaves.length;
}

/** A root is signed within this time after its day. */
const signedWithinMs = 3_600_000;

/** Whether the file had to have this root: one of its days, or of those up to the export where nothing limits it. */
function isMissing({ statement: { day } }: SignedRoot, state: State): boolean {
  const { header, firstDay, previous, days } = state;
  if (header === undefined || firstDay === undefined || day < firstDay || days.has(day)) return false;
  const isInside = previous !== undefined && day <= previous.statement.day;
  const last = dayOf(
    Temporal.Instant.from(header.exportedAt).subtract({ milliseconds: signedWithinMs }).toString(),
  );
  return isInside || (header.until === undefined && day < last);
}
