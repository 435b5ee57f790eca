/** The certificate of a mail server in words: for whom, by whom, until when, and what is wrong with it. */
import type { PeerCertificate, TLSSocket } from 'node:tls';
import { printable } from './dialogue.ts';

export interface SeenCertificate {
  readonly isValid: boolean;
  /** “TLSv1.3; the certificate is for mail.example.org, by R11, until 2027-01-02” */
  readonly words: string;
}

const faults: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its issuer is not trusted',
  UNABLE_TO_GET_ISSUER_CERT: 'its issuer is not known',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its issuer is not known',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its issuer is not known, or a certificate between is missing',
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another name',
};

/** Of a session whose handshake is over. */
export function seeCertificate(socket: TLSSocket): SeenCertificate {
  const { authorized: isValid } = socket;
  const about = `${socket.getProtocol() ?? 'TLS'}; the certificate is ${describe(socket.getPeerCertificate())}`;
  // Of the declared type Error, but Node gives the code.
  const fault = String(socket.authorizationError);
  return { isValid, words: isValid ? about : `${about}, but ${faults[fault] ?? printable(fault)}` };
}

const describe = ({ subject, subjectaltname, issuer, valid_to }: Partial<PeerCertificate>): string =>
  `for ${named(subjectaltname?.replaceAll(/(?:DNS|IP Address):/g, ''), subject?.CN)}, by ${named(issuer?.CN, issuer?.O)}, until ${day(valid_to)}`;

type Name = string | readonly string[] | undefined;

const maxName = 120;

/** The first name that there is. */
function named(...names: readonly Name[]): string {
  const [name = 'nobody'] = names.flatMap((one) => one ?? []);
  return printable(name).slice(0, maxName);
}

function day(time: string | undefined): string {
  const at = new Date(time ?? NaN);
  return Number.isNaN(at.getTime()) ? 'an unknown day' : at.toISOString().slice(0, 10);
}
