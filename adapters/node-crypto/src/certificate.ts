/** A certificate for STARTTLS where the operator has none yet: any is better for opportunistic TLS than a known key. */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import { addressBytes } from './address-bytes.ts';
import { der } from './der.ts';

const dayMs = 24 * 60 * 60 * 1000;

const oid = {
  ecdsaWithSha256: '2a8648ce3d040302',
  commonName: '550403',
  keyUsage: '551d0f',
  subjectAltName: '551d11',
  basicConstraints: '551d13',
  extendedKeyUsage: '551d25',
  serverAuth: '2b06010505070301',
} as const;

/**
 * A self-signed server certificate (EC P-256, SHA-256; RFC 5280 §4.1) for host names or addresses, valid from now for so
 * many days; both parts in PEM. The first name is the common name. Throws where a name is not one.
 */
export async function selfSignedCertificate(
  hostnames: readonly string[],
  days: number,
): Promise<{ readonly cert: string; readonly key: string }> {
  const [commonName] = hostnames;
  const strange = hostnames.find((name) => isIP(name) === 0 && !/^[a-z0-9*._-]{1,253}$/i.test(name));
  if (commonName === undefined || strange !== undefined) {
    throw new TypeError(`not a host name or address: ${strange ?? '(none given)'}`);
  }
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const start = new Date();
  const name = der.sequence(
    der.set(der.sequence(der.oid(oid.commonName), der.utf8(commonName.slice(0, 64)))),
  );
  const algorithm = der.sequence(der.oid(oid.ecdsaWithSha256));
  const signed = der.sequence(
    der.explicit(0, der.integer(Uint8Array.of(2))),
    der.integer(serialNumber()),
    algorithm,
    name,
    der.sequence(der.time(start), der.time(new Date(start.getTime() + days * dayMs))),
    name,
    pair.publicKey.export({ type: 'spki', format: 'der' }),
    der.explicit(3, extensions(hostnames)),
  );
  const signature = der.bits(sign('sha256', signed, pair.privateKey));
  return {
    cert: pem('CERTIFICATE', der.sequence(signed, algorithm, signature)),
    key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** Positive and without leading zeros, 127 bits of it random (RFC 5280 §4.1.2.2). */
function serialNumber(): Buffer {
  const serial = randomBytes(16);
  serial.writeUInt8((serial.readUInt8(0) & 0x7f) | 0x40, 0);
  return serial;
}

const extensions = (hostnames: readonly string[]): Buffer =>
  der.sequence(
    der.sequence(der.oid(oid.basicConstraints), der.true, der.octets(der.sequence())),
    // digitalSignature alone: the first bit, seven unused.
    der.sequence(der.oid(oid.keyUsage), der.true, der.octets(der.bits(Uint8Array.of(0x80), 7))),
    der.sequence(der.oid(oid.extendedKeyUsage), der.octets(der.sequence(der.oid(oid.serverAuth)))),
    der.sequence(der.oid(oid.subjectAltName), der.octets(der.sequence(...hostnames.map(generalName)))),
  );

/** RFC 5280 §4.2.1.6: dNSName [2] or iPAddress [7]. */
const generalName = (name: string): Buffer =>
  isIP(name) === 0 ? der.implicit(2, Buffer.from(name)) : der.implicit(7, addressBytes(name));

const pem = (label: string, content: Buffer): string =>
  `-----BEGIN ${label}-----\n${content.toString('base64').replace(/(.{64})(?=.)/g, '$1\n')}\n-----END ${label}-----\n`;
