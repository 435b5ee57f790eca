/** Versions of a learned model that judged the mail of a time: found in the facts of recorded decisions, mail by mail. */
import { checkNames } from '../decision/mail-judged.ts';
import { versionOf } from './incident.ts';
import type { RecordedDecision } from './read-decisions.ts';
import { createWindow } from './window.ts';

export interface ModelVersion {
  /** As an incident names it. */
  readonly version: string;
  /** Mails that were judged by it, and those of them that failed the check. */
  readonly mails: number;
  readonly failed: number;
  /** When the first and the last of them came; ISO 8601. */
  readonly first: string;
  readonly last: string;
  /** Mails of each kind that it had been taught; undefined where its facts do not say. */
  readonly spam?: number;
  readonly ham?: number;
}

export interface ModelVersionsReport {
  /** Decisions gone over. */
  readonly decisions: number;
  /** Those that came last first; at most `maxVersions`. */
  readonly versions: readonly ModelVersion[];
  /** Older ones that are left out. */
  readonly more: number;
}

/** What some decisions say, without any left out: of neighbouring ones it can be put together. */
export interface ModelVersionsFound {
  readonly decisions: number;
  /** In the order in which they were met. */
  readonly versions: readonly ModelVersion[];
}

export interface ModelVersions {
  take(decision: RecordedDecision): void;
  found(): ModelVersionsFound;
}

/** Nobody chooses from more. */
export const maxVersions = 200;

export interface ModelVersionsSetting {
  /** Whose facts name a model. */
  readonly check: string;
  /** When the mails came; `since` included, `until` not; ISO 8601. */
  readonly since: string;
  readonly until: string;
}

export function createModelVersions({ check, since, until }: ModelVersionsSetting): ModelVersions {
  const isInside = createWindow({ since, until });
  const found = new Map<string, ModelVersion>();
  let decisions = 0;
  return {
    take({ data, at }) {
      if (data === undefined || !isInside(at)) return;
      decisions += 1;
      const gathered = data.facts[check];
      const version = versionOf(gathered);
      if (version === undefined) return;
      const failed = checkNames(data.failed).includes(check) ? 1 : 0;
      const one = { version, mails: 1, failed, first: at, last: at, ...taughtOf(gathered) };
      const before = found.get(version);
      found.set(version, before === undefined ? one : together(before, one));
    },
    found: () => ({ decisions, versions: [...found.values()] }),
  };
}

/** Of neighbouring decisions, as if they had been gone over as one. */
export function mergeModelVersions(
  earlier: ModelVersionsFound,
  later: ModelVersionsFound,
): ModelVersionsFound {
  const merged = new Map(earlier.versions.map((one) => [one.version, one]));
  for (const one of later.versions) {
    const before = merged.get(one.version);
    merged.set(one.version, before === undefined ? one : together(before, one));
  }
  return { decisions: earlier.decisions + later.decisions, versions: [...merged.values()] };
}

/** What it had been taught is as the later mail says it. */
const together = (before: ModelVersion, one: ModelVersion): ModelVersion => ({
  ...before,
  ...one,
  mails: before.mails + one.mails,
  failed: before.failed + one.failed,
  first: one.first < before.first ? one.first : before.first,
  last: one.last > before.last ? one.last : before.last,
});

export function reportVersions({ decisions, versions: found }: ModelVersionsFound): ModelVersionsReport {
  const all = found.toSorted((one, other) => (one.last < other.last ? 1 : -1));
  const versions = all.slice(0, maxVersions);
  return { decisions, versions, more: all.length - versions.length };
}

function taughtOf(gathered: unknown): { readonly spam?: number; readonly ham?: number } {
  const { fact } = (gathered ?? {}) as { readonly fact?: unknown };
  const { spam, ham } = (fact ?? {}) as { readonly spam?: unknown; readonly ham?: unknown };
  return typeof spam === 'number' && typeof ham === 'number' ? { spam, ham } : {};
}
