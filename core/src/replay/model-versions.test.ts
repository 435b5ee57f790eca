/** Which versions of a model judged the mail of a time, and how often. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effectivePolicy } from '../policy/effective.ts';
import { createModelVersions, maxVersions, reportVersions } from './model-versions.ts';
import { decisionUnder, domainDetails, type TestDecision } from './replay-specification.ts';

const policy = effectivePolicy(domainDetails(), 3);
const window = { since: '2026-11-22T00:00:00Z', until: '2026-11-23T00:00:00Z' };

const learned = (model: string, score: number): TestDecision['facts'] => ({
  bayes: { status: 'observed', fact: { model, spam: 60, ham: 70, score, clues: [] } },
});

function run(mails: readonly TestDecision[]) {
  const fold = createModelVersions({ check: 'bayes', ...window });
  for (const mail of mails) {
    const { recorded, ...decision } = decisionUnder(policy, mail);
    const failed = mail.facts['bayes']?.status === 'observed' && isSpam(mail.facts['bayes'].fact);
    const data = decision.data && { ...decision.data, failed: failed ? (1n << 40n).toString(16) : '0' };
    fold.take({ ...decision, recorded, data });
  }
  return reportVersions(fold.found());
}

const isSpam = (fact: unknown): boolean => (fact as { readonly score: number }).score > 0.95;
const at = (hour: number): string => `2026-11-22T${String(hour).padStart(2, '0')}:00:00.000Z`;

describe('versions of a model', () => {
  it('are listed with their mails, what they called spam, what they had been taught, and their time', () => {
    const { versions, decisions, more } = run([
      { facts: learned('7', 0.99), at: at(3) },
      { facts: learned('7', 0.2), at: at(1) },
      { facts: learned('9/4', 0.2), at: at(5) },
      { facts: {}, at: at(6) },
    ]);
    expect(versions).toEqual([
      { version: '9/4', mails: 1, failed: 0, first: at(5), last: at(5), spam: 60, ham: 70 },
      { version: '7', mails: 2, failed: 1, first: at(1), last: at(3), spam: 60, ham: 70 },
    ]);
    expect({ decisions, more }).toEqual({ decisions: 4, more: 0 });
  });

  it('leave out what came at another time, and what cannot be opened', () => {
    const fold = createModelVersions({ check: 'bayes', ...window });
    const decision = decisionUnder(policy, { facts: learned('7', 0.2) });
    fold.take({ ...decision, at: '2026-11-23T00:00:00.000Z' });
    fold.take({ ...decision, data: undefined });
    expect(reportVersions(fold.found())).toEqual({ decisions: 0, versions: [], more: 0 });
  });

  it('have every mail that names a model exactly once, however many there are', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2 * maxVersions), { maxLength: 600 }), (models) => {
        const { versions, more } = run(models.map((model) => ({ facts: learned(String(model), 0.2) })));
        const shown = new Set(versions.map(({ version }) => version));
        const named = models.filter((model) => shown.has(String(model)));
        expect(versions.reduce((sum, { mails }) => sum + mails, 0)).toBe(named.length);
        expect(versions.length + more).toBe(new Set(models).size);
      }),
      { numRuns: 20 },
    );
  });
});
