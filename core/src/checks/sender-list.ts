/** Check 15: the sender (envelope and From header) on the allow and block lists of mailbox, domain and service. */
import { z } from 'zod';
import type { ListMatch } from '../judge/verdict.ts';
import { matchesAddress } from '../policy/pattern.ts';
import { domainOf, isAuthenticated } from './alignment.ts';
import { defineCheck, observed } from './check.ts';
import { describeMatch, firstMatch } from './lists.ts';

interface SenderFact {
  /** Envelope sender; '' for the null sender. */
  readonly sender: string;
  /** Address of the From header; '' if there is none that can be read. */
  readonly from: string;
}

/** What is known of the sender before the message is there. */
export const envelopeSender = (sender: string): SenderFact => ({ sender, from: '' });

export const senderList = defineCheck({
  number: 15,
  name: 'sender-list',
  phase: 'data',
  standing: 'list',
  title: 'Sender lists',
  help: 'Allows or blocks senders by address, domain or wildcard, as written in the envelope and in the From header. An allow entry may demand that SPF or DKIM proves the sender.',
  modes: ['off', 'observe', 'reject'],
  settings: z.object({
    matchFrom: z
      .boolean()
      .default(true)
      .describe('Look at the From header too, not only at the envelope sender'),
  }),
  presets: { relaxed: { mode: 'reject' }, balanced: { mode: 'reject' }, strict: { mode: 'reject' } },
  reasons: {
    'sender-listed': {
      title: 'Sender on a block list',
      code: 550,
      enhanced: '5.7.1',
      text: 'Refused: the recipient does not take mail from this sender',
    },
  },
  async gather({ envelope, observed: mail }) {
    const message = await mail.message();
    return observed({ sender: envelope.sender, from: message.from[0]?.address ?? '' });
  },
  judge(fact: SenderFact, settings, view) {
    const addresses = settings.matchFrom ? [fact.sender, fact.from] : [fact.sender];
    const named = addresses.filter((address) => address !== '');
    const find = (demandsProof: boolean) =>
      firstMatch(view, (pattern, entry) =>
        named.some(
          (address) =>
            matchesAddress(pattern, address) &&
            (!demandsProof || !entry.authenticated || isAuthenticated(domainOf(address), view)),
        ),
      );
    const found = find(true);
    if (found === undefined) return { result: 'none', sentence: notFound(find(false)) };
    const sentence = `The sender is on ${describeMatch(found)}.`;
    return found.action === 'allow'
      ? { result: 'pass', sentence, list: found }
      : { result: 'fail', reason: 'sender-listed', sentence, list: found };
  },
});

const notFound = (unproven: ListMatch | undefined): string =>
  unproven === undefined
    ? 'The sender is on no list.'
    : `The sender is on ${describeMatch(unproven)}, but neither SPF nor DKIM proves that it is the sender.`;
