/** Replies: of the class of the verdict, whatever its reason is published with. */
import { describe, expect, it } from 'vitest';
import { plainReply, verdictReply } from './reply.ts';

describe('the reply to a mail', () => {
  it.each([
    ['accept', 'clean', '250 2.0.0 Accepted (id X)'],
    ['hold', 'score-hold', '250 2.0.0 Accepted (id X)'],
    ['reject', 'mail-loop', '550 5.4.6 Refused: the message goes round in circles (id X)'],
    ['defer', 'check-error', '451 4.7.1 A check could not be made; try again later (id X)'],
    ['defer', 'virus-found', '451 4.7.1 Not taken now; try again later (id X)'],
    ['accept', 'virus-found', '250 2.0.0 Accepted (id X)'],
    ['reject', 'a reason of a later version', '550 5.7.1 Refused: too many signs of unwanted mail (id X)'],
  ] as const)('%s, %s', (verdict, reason, line) => {
    const { code, enhanced, text } = verdictReply(verdict, reason, 'X');
    expect(`${code} ${enhanced} ${text}`).toBe(line);
  });

  it('without a mail is as published', () => {
    expect(plainReply('no-policy')).toMatchObject({ code: 451, enhanced: '4.3.5' });
  });
});
