/** Names of models: that of a domain is the domain's id, those of the service and of mailboxes are made here. */
import { eventId } from '../kernel/hash.ts';

/** The base that every domain's model stands over. */
export const serviceModelId = eventId('bayes-model', 'service');

/** `address`: in any case. */
export const mailboxModelId = (domainId: string, address: string): string =>
  eventId('bayes-model', domainId, address.toLowerCase());
