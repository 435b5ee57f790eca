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

export interface ModelVersions {
  take(decision: RecordedDecision): void;
  report(): ModelVersionsReport;
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
      const before = found.get(version) ?? { version, mails: 0, failed: 0, first: at, last: at };
      found.set(version, {
        ...before,
        ...taughtOf(gathered),
        mails: before.mails + 1,
        failed: before.failed + (checkNames(data.failed).includes(check) ? 1 : 0),
        first: at < before.first ? at : before.first,
        last: at > before.last ? at : before.last,
      });
    },
    report() {
      const all = [...found.values()].toSorted((one, other) => (one.last < other.last ? 1 : -1));
      const versions = all.slice(0, maxVersions);
      return { decisions, versions, more: all.length - versions.length };
    },
  };
}

function taughtOf(gathered: unknown): { readonly spam?: number; readonly ham?: number } {
  const { fact } = (gathered ?? {}) as { readonly fact?: unknown };
  const { spam, ham } = (fact ?? {}) as { readonly spam?: unknown; readonly ham?: unknown };
  return typeof spam === 'number' && typeof ham === 'number' ? { spam, ham } : {};
}
