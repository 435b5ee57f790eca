/** What the release of a mail has come to, and what is left to do about it. */
import { isUnderWay } from './delivery.ts';
import { type Mail, releasableTo } from './mail.ts';

export interface ReleaseState {
  readonly title: string;
  readonly sentence: string;
  /** The words that open the question. */
  readonly button: string;
  /** Whether somebody it was sent to is still without it. */
  readonly toAll: boolean;
  /** How it stands with those who are not without it. */
  readonly done: 'delivered' | 'on its way';
}

type Known = Pick<Mail, 'recipients' | 'deliveries' | 'canRelease' | 'expiredAt' | 'kept' | 'verdict'>;

export function releaseState(mail: Known): ReleaseState {
  const { deliveries, canRelease } = mail;
  if (!canRelease) return { ...notReleasable(mail), button: '', toAll: false, done: 'delivered' };
  const hasOrGets = new Set(
    deliveries.filter(({ status }) => status !== 'bounced').map(({ recipient }) => recipient),
  );
  const toAll = releasableTo(mail).some((recipient) => !hasOrGets.has(recipient));
  if (deliveries.some(({ status }) => status === 'bounced')) {
    return {
      title: 'Not delivered',
      sentence: 'The mail is still here.',
      button: 'Release again',
      toAll,
      done: 'delivered',
    };
  }
  const button = toAll ? 'Release' : 'Release to another address';
  if (deliveries.some(({ status }) => status === 'deferred')) {
    return {
      title: 'Not taken yet',
      sentence: 'It is tried again by itself.',
      button,
      toAll,
      done: 'on its way',
    };
  }
  if (isUnderWay(deliveries)) return { title: 'On its way', sentence: '', button, toAll, done: 'on its way' };
  if (toAll) return { title: 'Release', sentence: kept(mail), button: 'Release', toAll, done: 'delivered' };
  return { title: 'Delivered', sentence: '', button, toAll, done: 'delivered' };
}

const kept = ({ recipients }: Known): string =>
  recipients.some(({ verdict }) => verdict === 'accept' || verdict === 'tag')
    ? 'Some recipients have it; for the others it waits here.'
    : 'If it was wanted after all, have it delivered.';

function notReleasable({ deliveries, expiredAt, kept: isKept }: Known): { title: string; sentence: string } {
  if (expiredAt !== undefined) {
    return { title: 'Release', sentence: 'Its body is no longer kept, so it cannot be delivered any more.' };
  }
  if (deliveries.length > 0) return { title: 'Delivery', sentence: '' };
  if (!isKept)
    return { title: 'Release', sentence: 'No copy of it was kept, so there is nothing to deliver.' };
  return { title: 'Release', sentence: 'Nobody was kept from this mail, so there is nothing to release.' };
}
