/** The certificate for STARTTLS: the operator's files, or one of our own, which opportunistic senders accept. */
import { readFile } from 'node:fs/promises';
import type { Config } from '@sluice/environment';
import { selfSignedCertificate } from '@sluice/node-crypto';
import type { TlsMaterial } from '@sluice/smtp-server';

const ownDays = 3_650;

/** Rejects where a file that the configuration names cannot be read, or only one of the two is named. */
export async function tlsMaterial({ tlsCert, tlsKey, hostname }: Config): Promise<TlsMaterial> {
  if (tlsCert === undefined && tlsKey === undefined) return selfSignedCertificate([hostname], ownDays);
  if (tlsCert === undefined || tlsKey === undefined) throw new CertificateIncomplete();
  const [cert, key] = await Promise.all([readFile(tlsCert, 'utf8'), readFile(tlsKey, 'utf8')]);
  return { cert, key };
}

class CertificateIncomplete extends Error {
  override readonly name = 'CertificateIncomplete';
  constructor() {
    super('SLUICE_TLS_CERT and SLUICE_TLS_KEY belong together: set both or neither.');
  }
}
