/** Whose name may stand before whose address. */
import { describe, expect, it } from 'vitest';
import { concluded } from './check-specification.ts';
import { displaySpoof } from './display-spoof.ts';

const judgeFrom = (name: string, address: string, settings: object = {}) =>
  concluded(displaySpoof, { message: { from: [{ name, address }] }, settings });

describe('display-spoof', () => {
  const settings = { names: [{ name: 'Jane Doe', senders: ['jane@home.example'] }] };

  it.each(['Jane Doe', 'Doe, Jane', 'Jane M. Doe', 'Jаne Doe', 'JANE DOE (CEO)'])(
    'fails %s at the address of a stranger',
    async (name) => {
      const result = await judgeFrom(name, 'x@stranger.example', settings);
      expect(result).toMatchObject({ result: 'fail', reason: 'name-protected' });
    },
  );

  it('passes a protected name at its own addresses', async () => {
    expect(await judgeFrom('Jane Doe', 'jane@here.example', settings)).toMatchObject({ result: 'pass' });
    expect(await judgeFrom('Jane Doe', 'jane@home.example', settings)).toMatchObject({ result: 'pass' });
    expect(await judgeFrom('Jane Roe', 'x@stranger.example', settings)).toMatchObject({ result: 'pass' });
  });

  it.each([
    ['PayPal', 'service@secure-pay.example'],
    ['Pаypal Support', 'x@mail.example'],
    ['', 'x@xn--pypal-4ve.com'],
    ['Microsoft account team', 'x@microsoft-login.example'],
  ])('fails the brand of “%s” <%s>', async (name, address) => {
    expect(await judgeFrom(name, address)).toMatchObject({ result: 'fail', reason: 'name-brand' });
  });

  it.each([
    ['PayPal', 'service@paypal.de'],
    ['Amazon.de', 'order@amazon.de'],
    ['John via LinkedIn', 'x@list.example'],
    ['Facebook', 'notify@facebookmail.com'],
    ['Upson Downs', 'x@farm.example'],
  ])('passes “%s” <%s>', async (name, address) => {
    expect(await judgeFrom(name, address)).toMatchObject({ result: 'pass' });
  });

  it('fails a name that shows an address of the own domain, or of any other if so wished', async () => {
    const own = await judgeFrom('bob@here.example', 'x@stranger.example');
    expect(own).toEqual({
      result: 'fail',
      reason: 'name-address',
      sentence: '“bob@here.example” <x@stranger.example> shows bob@here.example, which is not its address.',
    });
    const any = ['info@shop.example', 'x@stranger.example'] as const;
    expect(await judgeFrom(...any)).toMatchObject({ result: 'pass' });
    expect(await judgeFrom(...any, { addresses: 'any' })).toMatchObject({ result: 'fail' });
    expect(await judgeFrom('a@mail.shop.example', 'x@shop.example', { addresses: 'any' })).toMatchObject({
      result: 'pass',
    });
  });

  it('fails words that mix alphabets', async () => {
    expect(await judgeFrom('Rechnungsаbteilung', 'x@stranger.example')).toMatchObject({
      reason: 'name-homograph',
    });
  });
});
