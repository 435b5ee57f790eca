/** The client by its reverse name. */
import { describe, expect, it } from 'vitest';
import { concluded, gathered } from './check-specification.ts';
import { rdnsPattern } from './rdns-pattern.ts';

const ptr = 'PTR 10.2.0.192.in-addr.arpa';
const judgeName = (names: string | readonly string[], settings: object = {}) =>
  concluded(rdnsPattern, { dns: { [ptr]: typeof names === 'string' ? [names] : names }, settings });

describe('rdns-pattern', () => {
  it('fails names that are not wanted, and says by which entry', async () => {
    expect(await judgeName('mx7.Bulk.example', { hosts: ['*.other.example', 'mx*.BULK.example'] })).toEqual({
      result: 'fail',
      reason: 'reverse-name-denied',
      sentence: 'The reverse name of 192.0.2.10, mx7.bulk.example, is not wanted (mx*.BULK.example).',
    });
  });

  it('fails endings that are not wanted', async () => {
    expect(await judgeName('mx.sender.top', { endings: ['.top'] })).toMatchObject({
      reason: 'reverse-name-denied',
      sentence: expect.stringContaining('(.top)'),
    });
    expect(await judgeName('mx.sender.co.uk', { endings: ['co.uk'] })).toMatchObject({ result: 'fail' });
    expect(await judgeName('mx.stop', { endings: ['top'] })).toMatchObject({ result: 'pass' });
  });

  it.each([
    ['192-0-2-10.provider.example', 'it is made from the address'],
    ['10.2.0.192.customers.provider.example', 'it is made from the address'],
    ['host192000002010.provider.example', 'it is made from the address'],
    ['c000020a.provider.example', 'it is made from the address'],
    ['ip-192-0-2-10.eu.provider.example', 'it is made from the address'],
    ['dynamic-7.provider.example', 'it says dynamic'],
    ['a.dsl.provider.example', 'it says dsl'],
    ['p5.dip.dialin.provider.example', 'it says dialin'],
    ['dhcp12.provider.example', 'it says dhcp'],
  ])('takes %s for a line with a changing address', async (name, why) => {
    expect(await judgeName(name)).toEqual({
      result: 'fail',
      reason: 'reverse-name-dynamic',
      sentence: `The reverse name of 192.0.2.10, ${name}, is that of a line with a changing address (${why}).`,
    });
    expect(await judgeName(name, { dynamic: false })).toMatchObject({ result: 'pass' });
  });

  it.each([
    'mx.sender.example',
    'mail-192-0-2-10.sender.example',
    'static-192-0-2-10.provider.example',
    'mx1.pool.sender.example',
    'dsl.example',
    'dynamics.sender.example',
    'cables.sender.example',
    'o192.mailer.example',
    '192-0-2-11.provider.example',
  ])('takes %s for a server', async (name) => {
    expect(await judgeName(name)).toEqual({
      result: 'pass',
      sentence: `Nothing is against the reverse name of 192.0.2.10, ${name}.`,
    });
  });

  it('takes one proper name of several for enough', async () => {
    expect(await judgeName(['192-0-2-10.provider.example', 'mx.sender.example'])).toMatchObject({
      result: 'pass',
    });
  });

  it('has nothing to look at without a name, and leaves private clients alone', async () => {
    expect(await concluded(rdnsPattern)).toEqual({
      result: 'none',
      sentence: '192.0.2.10 has no reverse name to look at.',
    });
    expect(await gathered(rdnsPattern, { envelope: { ip: '::1' } })).toMatchObject({ status: 'skipped' });
  });

  it('takes only patterns and endings that a name can have', () => {
    const accepts = (settings: object) => rdnsPattern.settings.safeParse(settings).success;
    expect(accepts({ hosts: ['*.dsl.example.net'], endings: ['top', '.co.uk'] })).toBe(true);
    for (const bad of [{ hosts: ['*'] }, { hosts: ['a b'] }, { endings: ['*.top'] }]) {
      expect(accepts(bad)).toBe(false);
    }
  });
});
