/** Learns from deliveries which recipients exist, for domains that want it. */
import { rememberRecipient } from '../checks/recipient-memory.ts';
import type { Policy } from '../policy/policy.ts';
import type { RecipientOutcome } from '../ports/delivery.ts';
import type { SharedCounters } from '../ports/shared-counters.ts';
import { saysUnknown } from './callout.ts';

export interface DeliveredMail {
  readonly domainId: string;
  readonly policy: Policy | undefined;
  readonly outcomes: readonly RecipientOutcome[];
}

/** Never rejects. */
export async function learnRecipients(
  counters: SharedCounters,
  { domainId, policy, outcomes }: DeliveredMail,
): Promise<void> {
  const valid = policy?.checks['recipient-valid'];
  if (valid === undefined || valid.mode === 'off' || valid.settings['learn'] !== true) return;
  for (const { recipient, outcome, code, response } of outcomes) {
    if (outcome === 'delivered') {
      await rememberRecipient(counters, domainId, recipient, { is: 'valid', by: 'delivery', words: '' });
    } else if (outcome === 'failed' && saysUnknown(code, response)) {
      const learned = { is: 'unknown', by: 'delivery', words: response } as const;
      await rememberRecipient(counters, domainId, recipient, learned);
    }
  }
}
