/** Flips of a replay on a terminal: how many, why, and samples. */
import { safeText } from './output.ts';

interface Count {
  readonly name: string;
  readonly count: number;
}

interface Sample {
  readonly mailId: string;
  readonly at: string;
  readonly sender: string;
  readonly recipient: string;
  readonly subject: string;
  readonly before: { readonly sentence: string };
  readonly after: { readonly sentence: string };
  readonly missing: readonly string[];
}

export interface Flips {
  readonly mails: number;
  readonly uncertain: number;
  readonly reasons: readonly Count[];
  readonly checks: readonly Count[];
  readonly samples: readonly Sample[];
}

const counted = (counts: readonly Count[]): string =>
  counts.map(({ name, count }) => `${safeText(name)} ${count}`).join(', ');

export const mailsText = (count: number): string => `${count} ${count === 1 ? 'mail' : 'mails'}`;

export function printFlips(title: string, flips: Flips): void {
  console.log(`\n${title}: ${mailsText(flips.mails)}`);
  if (flips.mails === 0) return;
  console.log(`  by reason  ${counted(flips.reasons)}`);
  if (flips.checks.length > 0) console.log(`  by check   ${counted(flips.checks)}`);
  if (flips.uncertain > 0) {
    console.log(`  uncertain  ${flips.uncertain}: facts are missing, see below`);
  }
  for (const sample of flips.samples) {
    const { mailId, at, sender, recipient, subject, before, after, missing } = sample;
    console.log(`  ${mailId}  ${at.slice(0, 19)}  ${safeText(sender || '<>')} → ${safeText(recipient)}`);
    console.log(`    ${safeText(subject)}`);
    console.log(`    before: ${safeText(before.sentence)}`);
    console.log(`    after:  ${safeText(after.sentence)}`);
    if (missing.length > 0) console.log(`    not known: ${safeText(missing.join(', '))}`);
  }
}

export interface MissingCount {
  readonly check: string;
  readonly question?: string;
  readonly mails: number;
  readonly flips: number;
}

export function printMissing(missing: readonly MissingCount[]): void {
  if (missing.length === 0) return;
  console.log('\nNot known, because it was not asked when the mail came');
  for (const { check, question, mails, flips } of missing) {
    const what = question === undefined ? check : `${check} (${question})`;
    console.log(`  ${safeText(what).padEnd(32)} ${mailsText(mails)}, ${flips} of those that flip`);
  }
}
