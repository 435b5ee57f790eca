/** Refusals of the intake that are about a decision's place in the log and not about the decision. */
import type { ItemRefusal } from '../intake/admit.ts';

/**
 * The log has other decisions in that place, or lacks those before. So it is where one of the two was brought back as it had
 * been earlier, where the edge began anew under its old name, and after a decision that will never be taken. Linked into a new
 * chain they are taken.
 */
export const misplacements: readonly ItemRefusal[] = [
  'chain-forked',
  'chain-broken',
  'chain-gap',
  'follows-refused',
];

const all: ReadonlySet<string> = new Set(misplacements);

export const isMisplaced = ({ reason }: { readonly reason: string }): boolean => all.has(reason);
