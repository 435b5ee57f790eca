/** Sums over domains, and the addresses behind figures. */
import type { Outputs } from '#lib/outputs.ts';

export type DomainFigures = Outputs['home']['overview']['items'][number];

export interface Sums {
  readonly accepted: number;
  readonly refused: number;
  readonly held: number;
  /** Without those put off: they come again. */
  readonly all: number;
}

export function sumsOf(items: readonly Pick<DomainFigures, 'accepted' | 'refused' | 'held'>[]): Sums {
  const sum = (of: 'accepted' | 'refused' | 'held'): number =>
    items.reduce((total, item) => total + item[of], 0);
  const [accepted, refused, held] = [sum('accepted'), sum('refused'), sum('held')];
  return { accepted, refused, held, all: accepted + refused + held };
}

/** The quarantine, narrowed. */
export function quarantineLink(filter: Readonly<Record<string, string>>): string {
  return `/quarantine?${new URLSearchParams(filter)}`;
}
