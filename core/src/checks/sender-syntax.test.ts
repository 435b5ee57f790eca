/** The spelling of the envelope sender. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concluded } from './check-specification.ts';
import { senderSyntax } from './sender-syntax.ts';

const judgeSender = (sender: string, settings: object = {}) =>
  concluded(senderSyntax, { envelope: { sender }, settings });

describe('sender-syntax', () => {
  it.each([
    'alice@sender.example',
    'Alice+Tag@Mail.Sender.Example.',
    '"odd @ name"@sender.example',
    'bounce-1=b=here.example@x_y.sender.example',
    'jörg@bücher.example',
    'a@xn--bcher-kva.example',
  ])('takes %s', async (sender) => {
    expect(await judgeSender(sender)).toEqual({
      result: 'pass',
      sentence: `The envelope sender “${sender}” is spelled as an address.`,
    });
  });

  it('takes the null sender', async () => {
    expect(await judgeSender('')).toEqual({ result: 'pass', sentence: 'The mail has the null sender.' });
  });

  it.each([
    ['alice', 'has no domain'],
    ['root@localhost', 'has no full domain name'],
    ['@sender.example', 'has a part before the @ that is empty or longer than 64 octets'],
    [`${'a'.repeat(65)}@sender.example`, 'has a part before the @ that is empty or longer than 64 octets'],
    ['a@sender..example', 'has a domain that is not spelled as one'],
    ['a@-x.example', 'has a domain that is not spelled as one'],
    ['a@sen der.example', 'has a domain that is not spelled as one'],
    ['a@192.0.2.1', 'has a domain that ends in a number'],
    [`a@${'a'.repeat(64)}.example`, 'has too long a domain'],
    ['a@[192.0.2.1]', 'has an address in brackets, not a domain'],
    ['a@[nonsense]', 'has no valid address in the brackets'],
  ])('finds fault with %s', async (sender, words) => {
    expect(await judgeSender(sender)).toEqual({
      result: 'fail',
      reason: 'sender-invalid',
      sentence: `The envelope sender “${sender}” ${words}.`,
    });
  });

  it('lets addresses in brackets through where the settings say so', async () => {
    expect(await judgeSender('a@[IPv6:2001:db8::1]', { literals: true })).toMatchObject({ result: 'pass' });
  });

  it('has a conclusion for whatever is sent', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.emailAddress()), async (sender) => {
        expect(['pass', 'fail']).toContain((await judgeSender(sender)).result);
      }),
    );
  });
});
