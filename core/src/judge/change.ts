/** Single changes of a mail's findings or of a policy: what would be, were one thing otherwise. */
import type { ListEntry, Policy } from '../policy/policy.ts';
import type { MailFacts } from './judge.ts';
import type { ListMatch } from './verdict.ts';

/** One thing that might have been otherwise. */
export type Change =
  /** The check had found nothing. */
  | { readonly kind: 'without-check'; readonly check: string }
  /** The check, which only watches, counted its points. */
  | { readonly kind: 'counting'; readonly check: string }
  /** The entry were not on its list; `mailbox`: whose list it is. */
  | { readonly kind: 'without-entry'; readonly entry: ListMatch; readonly mailbox?: string }
  /** There were an allow entry, on the list of the domain or of each mailbox that the mail is for. */
  | { readonly kind: 'allow'; readonly pattern: string; readonly scope: 'domain' | 'mailbox' }
  /** No mailbox had thresholds of its own. */
  | { readonly kind: 'domain-thresholds' };

/** Mail and policy as they would be with the change. */
export function withChange(
  mail: MailFacts,
  policy: Policy,
  change: Change,
): { readonly mail: MailFacts; readonly policy: Policy } {
  switch (change.kind) {
    case 'without-check':
      // The fact stays: list entries that demand a proven sender look at those of SPF and DKIM.
      return { mail: { ...mail, ran: mail.ran.filter((name) => name !== change.check) }, policy };
    case 'counting': {
      const known = policy.checks[change.check];
      if (known === undefined) return { mail, policy };
      const checks = { ...policy.checks, [change.check]: { ...known, mode: 'score' as const } };
      return { mail, policy: { ...policy, checks } };
    }
    case 'without-entry':
      return { mail, policy: withoutEntry(policy, change) };
    case 'allow':
      return { mail, policy: { ...policy, lists: [...policy.lists, ...allowEntries(mail, change)] } };
    case 'domain-thresholds': {
      const { mailboxThresholds: _, ...others } = policy;
      return { mail, policy: others };
    }
    default:
      return change satisfies never;
  }
}

function withoutEntry(
  policy: Policy,
  { entry, mailbox }: Extract<Change, { readonly kind: 'without-entry' }>,
): Policy {
  const isOther = (one: ListEntry): boolean =>
    one.action !== entry.action || one.pattern !== entry.pattern || one.mailbox !== mailbox;
  return entry.scope === 'service'
    ? { ...policy, serviceLists: policy.serviceLists.filter(isOther) }
    : { ...policy, lists: policy.lists.filter(isOther) };
}

function allowEntries(
  { envelope }: MailFacts,
  { pattern, scope }: Extract<Change, { readonly kind: 'allow' }>,
): readonly ListEntry[] {
  const entry = { action: 'allow', pattern, authenticated: false } as const;
  if (scope === 'domain') return [entry];
  return envelope.recipients.map((recipient) => ({ ...entry, mailbox: recipient.toLowerCase() }));
}
