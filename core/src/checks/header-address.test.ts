/** Which addresses of a header are fit for an answer. */
import { describe, expect, it } from 'vitest';
import { concluded, gathered } from './check-specification.ts';
import { headerAddress } from './header-address.ts';

const withFrom = (address: string, name = '') => ({
  headers: [{ name: 'From', value: `${name} <${address}>` }],
  from: [{ name, address }],
});
const judgeFrom = (address: string, settings: object = {}) =>
  concluded(headerAddress, { message: withFrom(address), settings });

describe('header-address', () => {
  it('records what From and To hold', async () => {
    const message = { ...withFrom('alice@sender.example'), to: [] };
    expect(await gathered(headerAddress, { message })).toEqual({
      status: 'observed',
      fact: { from: ['alice@sender.example'] },
    });
  });

  it.each(['alice@sender.example', "o'hara+x@sender.example", 'jörg@bücher.example', '"a b"@sender.example'])(
    'passes %s',
    async (address) => {
      expect(await judgeFrom(address)).toMatchObject({ result: 'pass' });
    },
  );

  it.each(['alice..b@sender.example', 'alice@-sender.example', 'alice@sender..example', 'alice@', 'alice'])(
    'fails %s',
    async (address) => {
      expect(await judgeFrom(address)).toMatchObject({ result: 'fail', reason: 'header-address-broken' });
    },
  );

  it('fails a field in which no address can be read', async () => {
    const message = {
      headers: [{ name: 'From', value: 'Your Bank' }],
      from: [{ name: 'Your Bank', address: '' }],
    };
    expect(await concluded(headerAddress, { message })).toEqual({
      result: 'fail',
      reason: 'header-address-broken',
      sentence: '“Your Bank” in From is no address.',
    });
  });

  it.each(['root@localhost', 'root@box.local', 'x@y.invalid'])(
    'fails %s, unless names of one house are let through',
    async (address) => {
      expect(await judgeFrom(address)).toMatchObject({ result: 'fail', reason: 'header-address-local' });
      expect(await judgeFrom(address, { localNames: false })).toMatchObject({ result: 'pass' });
    },
  );

  it('looks at To only where it is told to, and lets it name nobody', async () => {
    const broken = {
      ...withFrom('a@sender.example'),
      headers: [
        { name: 'From', value: '' },
        { name: 'To', value: '' },
      ],
      to: [{ name: '', address: 'b@@here' }],
    };
    const hidden = { ...broken, to: [{ name: 'undisclosed recipients', address: '' }] };
    const settings = { fields: ['from', 'to'] };
    expect(await concluded(headerAddress, { message: broken })).toMatchObject({ result: 'pass' });
    expect(await concluded(headerAddress, { message: broken, settings })).toMatchObject({ result: 'fail' });
    expect(await concluded(headerAddress, { message: hidden, settings })).toMatchObject({ result: 'pass' });
  });
});
