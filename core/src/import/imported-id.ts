/** The id of an imported mail, derived from what it is: the same mail in the same domain is imported once. */
import { eventId } from '../kernel/hash.ts';

/** `sha256`: hexadecimal, of the mail as it lies in the archive. */
export const importedMailId = (domainId: string, sha256: string): string =>
  eventId('import', domainId, sha256);
