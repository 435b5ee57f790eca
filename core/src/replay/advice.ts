/** Advice learned from releases: which checks refused mail that people then wanted, and what to set instead. */
import { checkNamed } from '../checks/registry.ts';
import type { CheckPolicy, Mode, Policy } from '../policy/policy.ts';
import type { Proposal } from './proposal.ts';

/** Refusals of one check, or of one source of it (a zone, an SPF result), and releases among them. */
export interface Precision {
  readonly check: string;
  /** '': the check as a whole. */
  readonly source: string;
  /** Refusals that it decided alone, and those in whose sum its points were. */
  readonly decided: number;
  readonly counted: number;
  /** Mails among them that were released. */
  readonly decidedReleased: number;
  readonly countedReleased: number;
}

export interface PrecisionView extends Precision {
  readonly title: string;
  readonly refused: number;
  readonly released: number;
  /** Share of its refusals that nobody wanted, 0 to 1; 1 where there were none. */
  readonly precision: number;
}

export interface Advice {
  readonly check: string;
  readonly source: string;
  /** “spf (softfail): 12 of 40 refusals were released: set it to score.” */
  readonly sentence: string;
  /** To be tried by what-if before it is saved. */
  readonly proposal: Proposal;
}

export function precisionView(one: Precision): PrecisionView {
  const refused = one.decided + one.counted;
  const released = one.decidedReleased + one.countedReleased;
  const precision = refused === 0 ? 1 : 1 - released / refused;
  return { ...one, title: checkNamed(one.check)?.title ?? one.check, refused, released, precision };
}

/** Fewer say nothing of a check. */
const minReleased = 3;

/** A share of releases that is at least this with 95 % certainty is too many. */
const maxReleasedShare = 0.05;

/** Where a source of a check is to blame, the check as a whole is not. The worst first. */
export function adviceFor(figures: readonly Precision[], policy: Policy): readonly Advice[] {
  const bad = figures.map(precisionView).filter(isTooOften);
  return bad
    .filter(
      (one) => one.source !== '' || !bad.some((other) => other.check === one.check && explains(other, one)),
    )
    .toSorted((a, b) => a.precision - b.precision || b.released - a.released)
    .flatMap((one) => adviceOn(one, policy.checks[one.check]));
}

const isTooOften = ({ released, refused }: PrecisionView): boolean =>
  released >= minReleased && lowerBound(released, refused) > maxReleasedShare;

/** Most of what was released came of this source. */
const explains = (source: PrecisionView, whole: PrecisionView): boolean =>
  source.source !== '' && source.released * 2 >= whole.released;

/** Wilson's score interval (E. B. Wilson, JASA 22, 1927), lower end at 95 %, of `part` among `all`. */
export function lowerBound(part: number, all: number): number {
  if (all === 0) return 0;
  const z = 1.96;
  const share = part / all;
  const centre = share + (z * z) / (2 * all);
  const margin = z * Math.sqrt((share * (1 - share) + (z * z) / (4 * all)) / all);
  return Math.max(0, (centre - margin) / (1 + (z * z) / all));
}

function adviceOn(one: PrecisionView, policy: CheckPolicy | undefined): readonly Advice[] {
  if (policy === undefined || policy.mode === 'off' || policy.mode === 'observe') return [];
  const remedy = remedyFor(one, policy);
  if (remedy === undefined) return [];
  const subject = one.source === '' ? one.check : `${one.check} (${one.source})`;
  const sentence = `${subject}: ${one.released} of ${one.refused} refusals were released: ${remedy.words}.`;
  return [{ check: one.check, source: one.source, sentence, proposal: remedy.proposal }];
}

interface Remedy {
  readonly words: string;
  readonly proposal: Proposal;
}

function remedyFor({ check, source, precision }: PrecisionView, policy: CheckPolicy): Remedy | undefined {
  const known = checkNamed(check);
  if (known === undefined) return undefined;
  if (known.standing === 'list') return { words: 'look through your block list', proposal: {} };
  const zones = zonesOf(known.settings.safeParse(policy.settings));
  const zone = zones.find((one) => one.zone.toLowerCase() === source);
  if (zone !== undefined) return zoneRemedy(check, zones, zone, precision);
  if (policy.mode !== 'score' && known.modes.includes('score')) return modeRemedy(check, 'score');
  const weight = Math.max(1, Math.floor(policy.weight / 2));
  if (policy.mode === 'score' && precision >= 0.5 && weight < policy.weight) {
    const words = `lower its weight from ${policy.weight} to ${weight}`;
    return { words, proposal: { checks: [{ check, weight }] } };
  }
  return known.modes.includes('observe') ? modeRemedy(check, 'observe') : undefined;
}

const modeRemedy = (check: string, mode: Mode): Remedy => ({
  words: `set it to ${mode}`,
  proposal: { checks: [{ check, mode }] },
});

interface Zone {
  readonly zone: string;
  readonly points?: number;
}

function zonesOf(parsed: { readonly data?: unknown }): readonly Zone[] {
  const { zones } = (parsed.data ?? {}) as { readonly zones?: unknown };
  return Array.isArray(zones) ? (zones as readonly Zone[]) : [];
}

/** A list that is wrong as often as right is dropped; another one counts half. */
function zoneRemedy(check: string, zones: readonly Zone[], zone: Zone, precision: number): Remedy {
  const half = zone.points === undefined ? 0 : Math.floor(zone.points * 5) / 10;
  const isDropped = precision < 0.5 || half < 0.5;
  const settings = {
    zones: zones.flatMap((one) => {
      if (one !== zone) return [{ ...one }];
      return isDropped ? [] : [{ ...one, points: half }];
    }),
  };
  const words = isDropped ? 'take this list off' : `lower its points from ${zone.points ?? 0} to ${half}`;
  return { words, proposal: { checks: [{ check, settings }] } };
}
