/** Verifies an export with nothing but the file, and what was got elsewhere: public keys and roots. */
import { canonicalJson, type Json } from '../kernel/json.ts';
import type { VerifySignature } from '../ports/root-signer.ts';
import {
  digestAfter,
  endText,
  type ExportedDecision,
  type ExportEnd,
  type ExportHeader,
  type ExportLine,
  noDigest,
  parseLine,
} from './export-format.ts';
import { type ChainFollower, type ChainProblem, createChainFollower } from './follow-chains.ts';
import type { SignedRoot } from './root.ts';
import { createRootsVerifier, type RootsVerifier } from './verify-roots.ts';

export type ExportFaultCode =
  /** Not a line as we write them. */
  | 'unreadable'
  | 'missing'
  /** There twice, or not in its place. */
  | 'out-of-place'
  | 'altered'
  /** The file ends before its end. */
  | 'truncated'
  | 'bad-signature'
  /** Signed by a key that is not one of those given. */
  | 'foreign-key'
  /** Decisions, or the domain, are not what the root says. */
  | 'bad-root'
  /** Not the root that was got elsewhere for the day, or none at all for it. */
  | 'root-differs'
  | 'root-missing';

export interface ExportFault {
  /** From 1. */
  readonly line: number;
  readonly code: ExportFaultCode;
  /** One sentence for people. */
  readonly message: string;
}

export interface ExportReport {
  /** True if nothing at all is wrong. */
  readonly sound: boolean;
  readonly header?: ExportHeader;
  readonly decisions: number;
  /** How many of them a signed root covers. */
  readonly covered: number;
  readonly roots: number;
  /** Last day with a root. */
  readonly lastDay?: string;
  /** Keys that signed: to be compared with what is known of the installation. */
  readonly keys: readonly string[];
  /** The first ones, and how many there are. */
  readonly faults: readonly ExportFault[];
  readonly faultCount: number;
}

export interface KnownElsewhere {
  /** Public keys of the installation; undefined: those of the file are believed. */
  readonly keys?: readonly string[];
  /** Roots as they were published. */
  readonly roots?: readonly SignedRoot[];
}

const maxFaults = 100;

export interface Verification extends KnownElsewhere {
  readonly verify: VerifySignature;
}

/** `lines`: without their line feeds; undefined for one that is no UTF-8. */
export async function verifyExport(
  lines: AsyncIterable<string | undefined> | Iterable<string | undefined>,
  verification: Verification,
): Promise<ExportReport> {
  const faults: ExportFault[] = [];
  let [faultCount, line] = [0, 0];
  const fault = (code: ExportFaultCode, message: string): void => {
    faultCount += 1;
    if (faults.length < maxFaults) faults.push({ line, code, message });
  };
  const file = createFileVerifier(verification, fault);
  for await (const text of lines) {
    line += 1;
    file.line(text);
  }
  const told = file.close();
  return { sound: faultCount === 0, ...told, faults, faultCount };
}

export type TellFault = (code: ExportFaultCode, message: string) => void;

interface Reading {
  header: ExportHeader | undefined;
  /** Of all lines so far. */
  digest: string;
  next: number;
  decisions: number;
  isEnded: boolean;
}

function createFileVerifier(verification: Verification, fault: TellFault) {
  const reading: Reading = { header: undefined, digest: noDigest, next: 0, decisions: 0, isEnded: false };
  const roots = createRootsVerifier(verification, fault);
  let chains = createChainFollower({ isOpen: true });

  const begin = (header: ExportHeader): void => {
    if (reading.header !== undefined) return fault('out-of-place', 'There is a second header.');
    reading.header = header;
    reading.next = header.first;
    chains = createChainFollower({ isOpen: header.first > 0 });
    roots.begin(header);
  };

  const take = (parsed: ExportLine): void => {
    if (reading.isEnded) return fault('out-of-place', 'There are lines after the end.');
    if (parsed.kind === 'export') return begin(parsed);
    if (reading.header === undefined) return fault('missing', 'The file has no header.');
    if (parsed.kind === 'root') return roots.root(parsed, reading.next);
    if (parsed.kind === 'decision') return takeDecision({ reading, chains, roots, fault }, parsed);
    reading.isEnded = true;
    roots.finishDay();
    verifyEnd({ header: reading.header, reading, chains }, parsed, { verification, fault });
  };

  return {
    line(text: string | undefined): void {
      const parsed = text === undefined ? undefined : parseLine(text);
      if (text === undefined || parsed === undefined)
        return fault('unreadable', 'This is no line of an export.');
      take(parsed);
      reading.digest = digestAfter(reading.digest, text);
    },
    close() {
      if (!reading.isEnded) fault('truncated', 'The file ends before its end.');
      roots.close();
      const { header, decisions } = reading;
      return { ...(header === undefined ? {} : { header }), decisions, ...roots.told() };
    },
  };
}

function takeDecision(
  {
    reading,
    chains,
    roots,
    fault,
  }: {
    readonly reading: Reading;
    readonly chains: ChainFollower;
    readonly roots: RootsVerifier;
    readonly fault: TellFault;
  },
  decision: ExportedDecision,
): void {
  const { revision, event } = decision;
  reading.decisions += 1;
  if (revision < reading.next) {
    fault('out-of-place', `Decision ${revision} is there twice, or not in its place.`);
  } else {
    if (revision > reading.next)
      fault('missing', `Decisions ${reading.next} to ${revision - 1} are missing.`);
    reading.next = revision + 1;
  }
  const problem = chains.step(event);
  if (problem !== undefined) fault(...problemFault(problem));
  roots.decision(decision);
}

function problemFault(problem: ChainProblem): readonly [ExportFaultCode, string] {
  switch (problem.code) {
    case 'missing':
      return [
        'missing',
        `Decisions ${problem.from} to ${problem.to} of the edge ${problem.edge} are missing.`,
      ];
    case 'out-of-place':
      return [
        'out-of-place',
        `Decision ${problem.counter} of the edge ${problem.edge} has been there already.`,
      ];
    case 'altered':
      return ['altered', `Decision ${problem.counter} of the edge ${problem.edge} is not what it was.`];
    case 'unlinked':
      return ['altered', `The decision ${problem.eventId} belongs to no chain.`];
    default:
      return problem satisfies never;
  }
}

function verifyEnd(
  {
    header,
    reading,
    chains,
  }: {
    readonly header: ExportHeader;
    readonly reading: Reading;
    readonly chains: ChainFollower;
  },
  end: ExportEnd,
  { verification, fault }: { readonly verification: Verification; readonly fault: TellFault },
): void {
  const { signature, ...signed } = end;
  const { key } = header;
  if (reading.next !== header.end) {
    fault('missing', `Decisions ${reading.next} to ${header.end - 1} are missing.`);
  }
  const counted = canonicalJson([reading.decisions, chains.heads() as unknown as Json, reading.digest]);
  if (canonicalJson([end.decisions, end.heads as unknown as Json, end.digest]) !== counted) {
    fault('altered', 'Something in the file is not what was exported: its end does not fit the rest.');
  }
  if (!verification.verify(endText(signed), { key, signature })) {
    fault('bad-signature', 'The signature of the file is not valid.');
  }
  if (verification.keys?.includes(key) === false) {
    fault('foreign-key', `The file is signed by ${key}, which is not the key of this installation.`);
  }
}
