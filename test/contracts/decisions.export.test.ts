/** Exports of decisions and the signed roots under them: verified by the file alone, and whatever is changed in one is found. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ExportEnd,
  endText,
  digestAfter,
  lineText,
  noDigest,
} from '@sluice/core/audit/export-format.ts';
import type { SignedRoot } from '@sluice/core/audit/root.ts';
import { type KnownElsewhere, verifyExport } from '@sluice/core/audit/verify-export.ts';
import { createRootSigner, verifySignature } from '@sluice/node-crypto';
import { type Audited, signer, startAudited } from './decisions.harness.ts';
import { usePostgres } from './support/postgres.ts';

const verified = (lines: readonly string[], known: KnownElsewhere = {}) =>
  verifyExport(lines, { verify: verifySignature, ...known });

const codesOf = async (lines: readonly string[], known: KnownElsewhere = {}) => [
  ...new Set((await verified(lines, known)).faults.map(({ code }) => code)),
];

/** What somebody who has the key can make of a file: one whose end fits whatever they did to the rest. */
function signedAnew(lines: readonly string[]): readonly string[] {
  const rest = lines.slice(0, -1);
  const was = JSON.parse(lines.at(-1) ?? '') as ExportEnd;
  const decisions = rest.map((line) => JSON.parse(line)).filter(({ kind }) => kind === 'decision');
  const end = { kind: 'end', decisions: decisions.length, heads: was.heads, digest: digestOf(rest) } as const;
  return [...rest, lineText({ ...end, signature: signer.sign(endText(end)).signature })];
}

function digestOf(lines: readonly string[]): string {
  let digest = noDigest;
  for (const line of lines) digest = digestAfter(digest, line);
  return digest;
}

describe('exports of decisions', () => {
  const postgres = usePostgres();
  let audited: Audited;
  let domainId: string;
  let other: string;
  let lines: readonly string[];
  const signed: SignedRoot[] = [];
  let since: string;
  /** After each batch of 7: mx1, mx2 and the other domain's on the first day, and again on the second. */
  const times: string[] = [];
  beforeAll(async () => {
    audited = await startAudited(postgres.url);
    const [ours, theirs] = [await audited.domain(), await audited.domain()];
    ({ domainId } = ours);
    other = theirs.domainId;
    const edges = [ours.edge('mx1'), ours.edge('mx2'), theirs.edge('mx1')];
    for (const days of [1, 2]) {
      for (const edge of edges) {
        await edge.record(await edge.decide(7));
        // So that the log's times, in milliseconds, tell the batches apart.
        await new Promise((resolve) => setTimeout(resolve, 5));
        times.push(Temporal.Now.instant().toString());
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      signed.push(...(await audited.sign(days)));
    }
    // A day without any mail.
    signed.push(...(await audited.sign(3)));
    since = Temporal.Now.instant().toString();
    await edges[0]?.record(await edges[0].decide(5));
    lines = await audited.export(domainId);
  });
  afterAll(() => audited.close());

  it('signs each day once, however often it is asked', async () => {
    expect(signed).toHaveLength(3);
    expect(await audited.sign(3)).toEqual([]);
    expect(signed.map(({ statement }) => statement.domains)).toEqual([2, 2, 2]);
  });

  it('are sound, and say how many decisions signed roots cover', async () => {
    const known = { keys: [signer.publicKey], roots: signed };
    expect(await verified(lines, known)).toMatchObject({
      sound: true,
      decisions: 33,
      covered: 28,
      roots: 3,
      keys: [signer.publicKey],
      faults: [],
    });
    expect((await verified(await audited.export(other), known)).sound).toBe(true);
  });

  it('have a part of the decisions with the proof that the part is whole', async () => {
    const late = await audited.export(domainId, { since });
    expect(await verified(late, { roots: signed })).toMatchObject({ sound: true, decisions: 5, covered: 0 });
    const header = JSON.parse(lines[0] ?? '') as object;
    const early = await audited.export(domainId, { until: since });
    expect(header).toMatchObject({ first: 0, end: 33 });
    expect(await verified(early)).toMatchObject({ sound: true, decisions: 28, covered: 28 });
  });

  it('have a part of a day with the proof that nothing is left out of it', async () => {
    const middle = times[3] ?? '';
    const late = await audited.export(domainId, { since: middle });
    expect(await verified(late, { roots: signed })).toMatchObject({
      sound: true,
      decisions: 12,
      covered: 7,
      roots: 2,
    });
    const early = await audited.export(domainId, { until: middle });
    expect(await verified(early)).toMatchObject({ sound: true, decisions: 21, covered: 21, roots: 2 });
    const shortened = late.toSpliced(2, 1).map((line) => line.replace('"first":21', '"first":22'));
    expect(await codesOf(signedAnew(shortened))).toContain('bad-root');
  });

  it('may hold the personal part in the open, which is signed too', async () => {
    const open = await audited.export(domainId, { open: ({ data }) => ({ summary: data!.summary }) });
    expect((await verified(open)).sound).toBe(true);
    expect(open[2]).toContain('Offer number 0');
    const forged = open.map((line) => line.replace('Offer number 0', 'Order number 0'));
    expect(await codesOf(forged)).toEqual(['altered']);
  });

  it('are found to be altered, cut, doubled or mixed up, whatever single thing is done to them', async () => {
    const text = `${lines.join('\n')}\n`;
    const place = fc.nat({ max: lines.length - 1 });
    const mutation = fc.oneof(
      fc
        .record({ at: fc.nat({ max: text.length - 1 }), by: fc.integer({ min: 1, max: 127 }) })
        .map(
          ({ at, by }) =>
            text.slice(0, at) + String.fromCodePoint(text.charCodeAt(at) ^ by) + text.slice(at + 1),
        ),
      place.map((at) => `${lines.toSpliced(at, 1).join('\n')}\n`),
      place.map((at) => `${lines.toSpliced(at, 0, lines[at] ?? '').join('\n')}\n`),
      fc
        .tuple(place, place)
        .filter(([a, b]) => a !== b)
        .map(
          ([a, b]) =>
            `${lines
              .with(a, lines[b] ?? '')
              .with(b, lines[a] ?? '')
              .join('\n')}\n`,
        ),
      fc.nat({ max: text.length - 1 }).map((at) => text.slice(0, at)),
    );
    await fc.assert(
      fc.asyncProperty(mutation, async (mutated) => {
        const changed = mutated.endsWith('\n') ? mutated.slice(0, -1).split('\n') : mutated.split('\n');
        // Without its last line feed the file says all that it said.
        fc.pre(changed.join('\n') !== lines.join('\n'));
        expect((await verified(changed)).sound).toBe(false);
      }),
      { numRuns: 400 },
    );
  });

  it('are found to be changed by whoever has the key to sign them anew, as far as chains and roots reach', async () => {
    const places = lines.flatMap((line, index) => (line.startsWith('{"event"') ? [index] : []));
    const [first = 0, second = 0] = places;
    const last = places.at(-1) ?? 0;
    expect(await codesOf(signedAnew(lines.toSpliced(first, 1)))).toContain('bad-root');
    expect(await codesOf(signedAnew(lines.toSpliced(first, 0, lines[first] ?? '')))).toContain(
      'out-of-place',
    );
    const swapped = lines.with(first, lines[second] ?? '').with(second, lines[first] ?? '');
    expect(await codesOf(signedAnew(swapped))).toContain('bad-root');
    const later = lines.map((line, at) => (at === first ? line.replace('10:00:01', '10:00:02') : line));
    expect(await codesOf(signedAnew(later))).toEqual(['bad-root']);
    expect(await codesOf(signedAnew(lines.toSpliced(last, 1)))).toContain('missing');
    expect(await codesOf(signedAnew(lines))).toEqual([]);
  });

  it('are found to be cut off at a day of which a root is known from elsewhere', async () => {
    const day = lines.findIndex((line, at) => at > 1 && line.includes('"kind":"root"'));
    const [header = '', ...rest] = lines;
    const dayAfter = new Date(Date.now() + 4 * 86_400_000).toISOString();
    const cut = { ...(JSON.parse(header) as object), end: 14, exportedAt: dayAfter };
    const end = { kind: 'end', decisions: 14, heads: {}, digest: noDigest, signature: '' } as const;
    const kept = rest.slice(0, day - 1).filter((line) => !line.includes('"kind":"end"'));
    const file = signedAnew([JSON.stringify(sorted(cut)), ...kept, JSON.stringify(end)]);
    expect(await codesOf(file)).toEqual(['altered']);
    expect(await codesOf(file, { roots: signed })).toContain('root-missing');
  });

  it('are not believed when their roots are others than those known, or the key is a foreign one', async () => {
    const foreign = createRootSigner(Buffer.alloc(32, 6).toString('base64'));
    expect(await codesOf(lines, { keys: [foreign.publicKey] })).toEqual(['foreign-key']);
    const [root] = signed;
    const statement = { ...root!.statement, root: 'a'.repeat(64) };
    expect(await codesOf(lines, { roots: [{ ...root!, statement }] })).toEqual([
      'root-differs',
      'bad-signature',
    ]);
  });

  it('are sound after the key of the domain is destroyed', async () => {
    await audited.erase(other);
    const erased = await audited.export(other, { open: ({ erased: gone }) => (gone ? 'erased' : {}) });
    expect(erased.filter((line) => line.includes('"opened":"erased"'))).toHaveLength(14);
    expect(await verified(erased, { roots: signed })).toMatchObject({ sound: true, covered: 14 });
  });
});

const sorted = (value: object): object =>
  Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
