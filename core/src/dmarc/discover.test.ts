/** Policy discovery by the letter of RFC 9989 §4.10.1, and how few questions it takes. */
import { describe, expect, it } from 'vitest';
import { resolverOf } from '../checks/check-specification.ts';
import { discoverPolicy } from './discover.ts';
import { createDmarcTree } from './walk.ts';

type Zone = Parameters<typeof resolverOf>[0];

const discover = (zone: Zone, domain = 'news.sender.example') =>
  discoverPolicy(domain, createDmarcTree(resolverOf(zone), 1_000));

describe('policy discovery', () => {
  it('takes the record of the author domain, and asks nothing else', async () => {
    const resolver = resolverOf({
      'TXT _dmarc.news.sender.example': ['v=DMARC1; p=reject; adkim=s; aspf=s'],
    });
    expect(await discoverPolicy('news.sender.example', createDmarcTree(resolver, 1_000))).toEqual({
      fromDomain: 'news.sender.example',
      recordDomain: 'news.sender.example',
      policy: 'reject',
      dkimAlignment: 'strict',
      spfAlignment: 'strict',
      status: 'found',
    });
    expect(resolver.questions).toEqual(['TXT _dmarc.news.sender.example']);
  });

  it('walks up to the record of the organisation, whose sp is for subdomains that exist', async () => {
    const zone = {
      'TXT _dmarc.sender.example': ['v=DMARC1; p=reject; sp=quarantine; np=none'],
      'A news.sender.example': ['192.0.2.1'],
    };
    expect(await discover(zone)).toMatchObject({
      recordDomain: 'sender.example',
      organizationalDomain: 'sender.example',
      policy: 'quarantine',
      dkimAlignment: 'relaxed',
    });
  });

  it('takes np for subdomains that do not exist', async () => {
    const zone = { 'TXT _dmarc.sender.example': ['v=DMARC1; p=none; sp=none; np=reject'] };
    expect(await discover(zone)).toMatchObject({ policy: 'reject' });
  });

  it('does not know which of the two while DNS does not say whether the subdomain exists', async () => {
    const zone = {
      'TXT _dmarc.sender.example': ['v=DMARC1; p=none; np=reject'],
      'A news.sender.example': 'SERVFAIL',
    };
    expect(await discover(zone)).toMatchObject({ status: 'temperror', policy: undefined });
  });

  it('takes one step less for a record under test (t=y)', async () => {
    const zone = { 'TXT _dmarc.news.sender.example': ['v=DMARC1; p=reject; t=y'] };
    expect(await discover(zone)).toMatchObject({ policy: 'quarantine' });
  });

  it('stops at the organisation that says so (psd=n)', async () => {
    const zone = {
      'TXT _dmarc.sender.example': ['v=DMARC1; p=quarantine; psd=n'],
      'TXT _dmarc.example': ['v=DMARC1; p=reject; psd=y'],
    };
    expect(await discover(zone)).toMatchObject({ recordDomain: 'sender.example', policy: 'quarantine' });
  });

  it('takes the record of the public suffix for an organisation that publishes none', async () => {
    const zone = { 'TXT _dmarc.example': ['v=DMARC1; p=none; sp=reject; psd=y'] };
    expect(await discover(zone)).toMatchObject({
      recordDomain: 'example',
      organizationalDomain: 'sender.example',
      policy: 'reject',
    });
  });

  it('takes the highest record, not the nearest, where no public suffix is named', async () => {
    const zone = {
      'TXT _dmarc.news.sender.example': ['v=DMARC1; p=none'],
      'TXT _dmarc.sender.example': ['v=DMARC1; p=reject'],
    };
    expect(await discover(zone, 'a.news.sender.example')).toMatchObject({
      recordDomain: 'sender.example',
      policy: 'reject',
    });
  });

  it('has none where nothing is published, or two records, or another text, or a tag twice', async () => {
    const none = { status: 'none', policy: undefined, recordDomain: '' };
    const texts = [
      [],
      ['v=DMARC1; p=reject', 'v=DMARC1; p=none'],
      ['hello'],
      ['v=DMARC2; p=reject'],
      ['v=DMARC1; p=reject; p=none'],
    ];
    for (const records of texts) {
      expect(await discover({ 'TXT _dmarc.news.sender.example': records })).toMatchObject(none);
    }
  });

  it('treats a policy that is no word of the standard as none if reports are asked for, and else not at all', async () => {
    const of = (text: string) => discover({ 'TXT _dmarc.news.sender.example': [text] });
    expect(await of('v=DMARC1; p=refuse; rua=mailto:a@sender.example')).toMatchObject({ policy: 'none' });
    expect(await of('v=DMARC1; p=refuse; rua=a@sender.example')).toMatchObject({ status: 'permerror' });
    expect(await of('v=DMARC1; P=reject')).toMatchObject({ status: 'permerror' });
    expect(await of('v=DMARC1;p=REJECT')).toMatchObject({ status: 'found', policy: 'reject' });
  });

  it('is a temporary error where DNS fails on the way', async () => {
    for (const name of ['news.sender.example', 'sender.example', 'example']) {
      const zone = { [`TXT _dmarc.${name}`]: 'SERVFAIL' };
      expect(await discover(zone)).toMatchObject({ status: 'temperror', policy: undefined });
    }
  });

  it.each(['', '.', '[192.0.2.1]', '192.0.2.1', 'a..b', `${'x'.repeat(64)}.example`, 'a b.example'])(
    'asks nothing for %j, which can have no record',
    async (domain) => {
      const resolver = resolverOf({});
      const found = await discoverPolicy(domain, createDmarcTree(resolver, 1_000));
      expect(found).toMatchObject({ status: 'none', fromDomain: domain });
      expect(resolver.questions).toEqual([]);
    },
  );

  it('asks by A-labels', async () => {
    const zone = { 'TXT _dmarc.xn--bcher-kva.example': ['v=DMARC1; p=reject'] };
    expect(await discover(zone, 'bücher.example')).toMatchObject({ status: 'found', policy: 'reject' });
  });
});
