/** What checks that ask public DNS lists (RFC 5782) share: settings, questions, and what counts as a listing. */
import { z } from 'zod';
import type { DnsAnswer, Resolver } from '../ports/resolver.ts';

/** One zone and what came back; what was asked of it is known from the envelope, or stands beside it. */
export interface ZoneAnswer {
  readonly zone: string;
  readonly answer: DnsAnswer;
}

export const zoneName = z
  .string()
  .max(200)
  .regex(/^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]*$/i, {
    message: 'Write the name of a DNS list, such as zen.spamhaus.org.',
  });

/** `127.0.0.2`, `127.0.0.2-11`, `127.0.*.3`, `127.0.0.&6`: each part a number, a range, any, or one with some of these bits. */
const returnCode = z.string().regex(/^127(?:\.(?:\d{1,3}(?:-\d{1,3})?|\*|&\d{1,3})){3}$/, {
  message: 'Write a return code such as 127.0.0.2, 127.0.0.2-11, 127.0.*.3 or, by its bits, 127.0.0.&6.',
});

export const returnCodes = z
  .array(returnCode)
  .max(50)
  .default([])
  .describe('Answers that count; none: every answer in 127.0.0.0/8');

export const listPoints = z.number().min(0.1).max(100);

export async function askZone(
  resolver: Resolver,
  name: string,
  zone: string,
  deadlineMs: number,
): Promise<DnsAnswer> {
  return checked(await resolver.resolve(`${name}.${zone}`, 'A', { deadlineMs }));
}

/**
 * An answer in 127.255.255.0/24 says that the question was refused (too many, or through a public resolver); one outside
 * 127.0.0.0/8 comes from a list that is no more (RFC 5782 §2.1). Neither is a listing.
 */
function checked(answer: DnsAnswer): DnsAnswer {
  if (answer.status !== 'found') return answer;
  const refused = answer.records.find((record) => record.startsWith('127.255.255.'));
  if (refused !== undefined) {
    return { status: 'failed', message: `the list refuses to answer us (${refused})` };
  }
  const strange = answer.records.find((record) => !record.startsWith('127.'));
  return strange === undefined
    ? answer
    : { status: 'failed', message: `the list gave an address that means nothing (${strange})` };
}

/** The records of an answer that count. */
export const listings = (answer: DnsAnswer | undefined, wanted: readonly string[]): readonly string[] =>
  answer?.status === 'found'
    ? answer.records.filter((record) => wanted.length === 0 || wanted.some((code) => hasCode(code, record)))
    : [];

function hasCode(code: string, address: string): boolean {
  const parts = address.split('.');
  return code.split('.').every((wanted, index) => {
    const part = Number(parts[index]);
    if (wanted === '*') return true;
    if (wanted.startsWith('&')) return (part & Number(wanted.slice(1))) !== 0;
    const [from = 0, to = from] = wanted.split('-').map(Number);
    return part >= from && part <= to;
  });
}

export const failureOf = ({ zone, answer }: ZoneAnswer): string =>
  `${zone}: ${answer.status === 'failed' ? answer.message : answer.status}`;

/** A sentence about the lists that did not answer; '' if all did. */
export function unanswered(zones: readonly ZoneAnswer[]): string {
  const failures = zones.filter(({ answer }) => answer.status === 'failed');
  return failures.length === 0 ? '' : ` No answer from ${failures.map(failureOf).join('; ')}.`;
}

/** 6.5 and 1.2, never 7.699999999999999. */
export const sumOfPoints = (hits: readonly { readonly points: number }[]): number =>
  Math.round(hits.reduce((total, { points }) => total + points, 0) * 1000) / 1000;
