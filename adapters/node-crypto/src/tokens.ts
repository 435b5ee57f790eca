/** Secret tokens: made at random, compared without telling how much of a guess was right. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A secret of so many random bytes, as base64url. */
export const randomToken = (bytes = 32): string => randomBytes(bytes).toString('base64url');

/** Whether two tokens are the same, in a time that depends on neither's content. */
export const tokensMatch = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

/** Equal lengths for timingSafeEqual, whatever was presented. */
const digest = (token: string): Buffer => createHash('sha256').update(token).digest();
