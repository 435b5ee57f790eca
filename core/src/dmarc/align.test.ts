/** Alignment asks no more than it must, and comes to what two whole walks come to (RFC 9989 §4.10.2). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolverOf } from '../checks/check-specification.ts';
import { alignAll, type Identifier } from './align.ts';
import type { DmarcRecord } from './discover.ts';
import { createDmarcTree, namesUp, organizationOf } from './walk.ts';

const recordOf = (fromDomain: string, some: Partial<DmarcRecord> = {}): DmarcRecord => ({
  fromDomain,
  recordDomain: fromDomain,
  policy: 'reject',
  dkimAlignment: 'relaxed',
  spfAlignment: 'relaxed',
  status: 'found',
  ...some,
});

const signedBy = (domain: string, passed = true): Identifier => ({ by: 'dkim', domain, passed });

async function align(
  zone: Parameters<typeof resolverOf>[0],
  record: DmarcRecord,
  ...identifiers: Identifier[]
) {
  const resolver = resolverOf(zone);
  const aligned = await alignAll(record, identifiers, createDmarcTree(resolver, 1_000));
  return { ...aligned, questions: resolver.questions.length };
}

describe('a tree walk', () => {
  it('asks eight names at most, and each name above the seventh label', () => {
    expect(namesUp('a.b.c.d.e.f.g.h.i.example')).toEqual([
      'a.b.c.d.e.f.g.h.i.example',
      'd.e.f.g.h.i.example',
      'e.f.g.h.i.example',
      'f.g.h.i.example',
      'g.h.i.example',
      'h.i.example',
      'i.example',
      'example',
    ]);
    expect(namesUp('sender.example')).toEqual(['sender.example', 'example']);
  });
});

describe('alignment', () => {
  it('asks nothing for the very same domain, however it is written', async () => {
    expect(await align({}, recordOf('bücher.example'), signedBy('XN--bcher-kva.example'))).toMatchObject({
      identifiers: [{ alignment: 'aligned' }],
      questions: 0,
    });
  });

  it('asks nothing for another top-level domain, nor where the record says strict', async () => {
    const record = recordOf('sender.example', { dkimAlignment: 'strict' });
    const found = await align({}, record, signedBy('mail.sender.example'), {
      by: 'spf',
      domain: 'sender.test',
      passed: true,
    });
    expect(found).toMatchObject({
      identifiers: [{ alignment: 'apart' }, { alignment: 'apart' }],
      questions: 0,
    });
  });

  it('asks only for domains that lie below the organisation, and for ten of them at most', async () => {
    const zone = { 'TXT _dmarc.sender.example': ['v=DMARC1; p=reject'] };
    const many = Array.from({ length: 50 }, (_, n) => signedBy(`m${n}.sender.example`));
    const found = await align(zone, recordOf('sender.example'), signedBy('other.example'), ...many);
    expect(found.questions).toBe(2 + 10);
    expect(found.identifiers.filter(({ alignment }) => alignment === 'aligned')).toHaveLength(10);
  });

  it('goes by the public suffix list where nothing is published and the settings put a policy in its place', async () => {
    const record = recordOf('sender.example', { status: 'none', recordDomain: '', policy: undefined });
    const found = await align({}, record, signedBy('mail.sender.example'), signedBy('other.example'));
    expect(found).toMatchObject({
      identifiers: [{ alignment: 'aligned' }, { alignment: 'apart' }],
      questions: 0,
    });
  });

  it('is what two whole walks come to', async () => {
    const label = fc.constantFrom('a', 'b', 'c');
    const name = fc.array(label, { minLength: 1, maxLength: 10 }).map((labels) => labels.join('.'));
    const text = fc.constantFrom('v=DMARC1; p=none', 'v=DMARC1; p=none; psd=y', 'v=DMARC1; p=none; psd=n');
    await fc.assert(
      fc.asyncProperty(
        name,
        name,
        fc.dictionary(name, text, { maxKeys: 6 }),
        async (author, signer, records) => {
          const zone = Object.fromEntries(
            Object.entries(records).map(([key, value]) => [`TXT _dmarc.${key}`, [value]]),
          );
          const tree = createDmarcTree(resolverOf(zone), 1_000);
          const organization = async (domain: string) =>
            organizationOf(domain, (await tree.walk(domain)).found);
          const same = author === signer || (await organization(author)) === (await organization(signer));
          const { identifiers } = await align(zone, recordOf(author), signedBy(signer));
          expect(identifiers[0]!.alignment).toBe(same ? 'aligned' : 'apart');
        },
      ),
    );
  });
});
