/** The client's side of SCRAM-SHA-256 (RFC 5802, RFC 7677) without channel binding, as PostgreSQL asks for it. */
import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(pbkdf2);
const hmac = (key: Uint8Array, text: string): Buffer => createHmac('sha256', key).update(text).digest();

export interface ScramFinal {
  /** The client's final message. */
  readonly message: string;
  /** Whether the server's final message proves that it knows the password too. */
  verify(serverFinal: string): boolean;
}

export interface Scram {
  /** The client's first message. PostgreSQL takes the user's name from elsewhere. */
  readonly first: string;
  /** Answers the server's first message; undefined if that is not one. */
  answer(serverFirst: string): Promise<ScramFinal | undefined>;
}

/** `password`: ASCII, so that SASLprep leaves it as it is. */
export function createScram(password: string): Scram {
  const nonce = randomBytes(18).toString('base64');
  const bare = `n=,r=${nonce}`;
  return {
    first: `n,,${bare}`,
    async answer(serverFirst) {
      const [, both, salt, iterations] = /^r=([^,]+),s=([^,]+),i=(\d+)/.exec(serverFirst) ?? [];
      if (both?.startsWith(nonce) !== true || salt === undefined) return undefined;
      const salted = await derive(password, Buffer.from(salt, 'base64'), Number(iterations), 32, 'sha256');
      const withoutProof = `c=biws,r=${both}`;
      const transcript = `${bare},${serverFirst},${withoutProof}`;
      const clientKey = hmac(salted, 'Client Key');
      const signature = hmac(createHash('sha256').update(clientKey).digest(), transcript);
      const proof = Buffer.from(clientKey.map((byte, index) => byte ^ (signature[index] ?? 0)));
      const expected = Buffer.from(`v=${hmac(hmac(salted, 'Server Key'), transcript).toString('base64')}`);
      return {
        message: `${withoutProof},p=${proof.toString('base64')}`,
        verify(serverFinal) {
          const given = Buffer.from(serverFinal);
          return given.length === expected.length && timingSafeEqual(given, expected);
        },
      };
    },
  };
}
