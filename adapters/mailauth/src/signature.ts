/** One DKIM result of mailauth as the port describes it. */
import type { DKIMResult } from 'mailauth';
import type { DkimSignature } from '@sluice/core/ports/mail-authenticator.ts';

export function toSignature(result: DKIMResult & { readonly modulusLength?: number }): DkimSignature {
  const { status, signingDomain = '', selector = '', algo = '', modulusLength } = result;
  return {
    ...judged(status),
    domain: signingDomain.toLowerCase(),
    selector,
    algorithm: algo.toLowerCase(),
    ...(modulusLength === undefined ? {} : { keyBits: modulusLength }),
  };
}

/** A pass under which somebody has made the body longer is none: what is behind l= is not signed (RFC 6376 §8.2). */
function judged(status: DKIMResult['status']): Pick<DkimSignature, 'result' | 'comment'> {
  if (status.result === 'pass' && status.underSized !== undefined && status.underSized > 0) {
    return { result: 'policy', comment: `the last ${status.underSized} bytes of the body are not signed` };
  }
  const result = status.result as DkimSignature['result'];
  return status.comment === undefined || status.comment === ''
    ? { result }
    : { result, comment: status.comment };
}

/** Stands for all signatures of a mail that were not verified in time, or not at all. */
export const unverified: DkimSignature = {
  result: 'temperror',
  domain: '',
  selector: '',
  algorithm: '',
  comment: 'not verified in time',
};
