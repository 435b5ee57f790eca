/** Clients that introduce themselves with a name of ours. */
import { describe, expect, it } from 'vitest';
import { concluded, gathered, type Circumstances } from './check-specification.ts';
import { heloForged } from './helo-forged.ts';
import { ownNames } from './own-names.ts';

const domains = new Map([
  ['here.example', { status: 'active' }],
  ['gone.example', { status: 'removed' }],
]);
const own = ownNames('MX1.filter.example', { domain: (name) => domains.get(name) });
const said = (helo: string, some: Circumstances = {}): Circumstances => ({
  envelope: { helo },
  own,
  ...some,
});

describe('helo-forged', () => {
  it('fails a client with our own name', async () => {
    expect(await concluded(heloForged, said('mx1.Filter.example.'))).toEqual({
      result: 'fail',
      reason: 'helo-forged',
      sentence:
        'HELO “mx1.Filter.example.” is our own name, but it leads nowhere, not to the client, 192.0.2.10.',
    });
  });

  it('fails a client with the name of a protected domain that leads elsewhere', async () => {
    const dns = { 'A here.example': ['198.51.100.7'] };
    expect(await concluded(heloForged, said('here.example', { dns }))).toMatchObject({
      result: 'fail',
      sentence:
        'HELO “here.example” is a domain that is protected here, but it leads to 198.51.100.7, not to the client, 192.0.2.10.',
    });
  });

  it('leaves a server alone that has the address of the name', async () => {
    const dns = { 'A here.example': ['192.0.2.10'] };
    expect(await concluded(heloForged, said('here.example', { dns }))).toMatchObject({ result: 'pass' });
  });

  it('leaves a server alone that SPF permits to send for the domain', async () => {
    const view = { spf: { result: 'pass' as const, domain: 'here.example' } };
    expect(await concluded(heloForged, said('here.example', { view }))).toMatchObject({ result: 'pass' });
  });

  it.each(['mx.sender.example', 'gone.example', 'mail.here.example', ''])(
    'has nothing to say of %j',
    async (helo) => {
      expect(await gathered(heloForged, said(helo))).toEqual({ status: 'nothing' });
    },
  );

  it('knows of no names without an edge, and leaves private clients alone', async () => {
    expect(await gathered(heloForged, { envelope: { helo: 'here.example' } })).toEqual({ status: 'nothing' });
    const envelope = { helo: 'here.example', ip: '127.0.0.1' };
    expect(await gathered(heloForged, { envelope, own })).toMatchObject({ status: 'skipped' });
  });
});
