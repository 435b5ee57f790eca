/** Mail ids as the index stores them: 16 bytes where they are UUIDs, as text where they are not. */
import { isUuid, uuidBytes, uuidText } from '@sluice/core/archive/uuid.ts';

export type MailKey = Uint8Array | string;

export const toMailKey = (mailId: string): MailKey => (isUuid(mailId) ? uuidBytes(mailId) : mailId);

export const fromMailKey = (key: unknown): string =>
  key instanceof Uint8Array ? uuidText(key) : String(key);
