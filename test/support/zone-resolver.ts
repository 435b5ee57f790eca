/** A DNS zone as data, how questions to it are answered, and the Resolver port over it without any network. */
import type { DnsAnswer, DnsType, Resolver } from '@sluice/core/ports/resolver.ts';

/** What a name server does instead of answering: SERVFAIL, or nothing at all. */
export type Fault = 'SERVFAIL' | 'SILENCE';

/**
 * Records of a name. TXT: one string a record, or the strings of one record. MX: `preference exchange`. A fault in place of
 * the records of a type, or in place of the whole name.
 */
export type ZoneName =
  | Fault
  | ({
      readonly [type in Exclude<DnsType, 'TXT'>]?: readonly string[] | Fault;
    } & { readonly TXT?: readonly (string | readonly string[])[] | Fault });

/** By name, lower case, without final dot. A name that is missing, and has nothing below it, does not exist. */
export type Zone = Readonly<Record<string, ZoneName>>;

export type ZoneAnswer =
  | { readonly status: 'found'; readonly records: readonly (string | readonly string[])[] }
  | { readonly status: 'no-data' | 'no-name' | 'servfail' | 'silence' };

export function answerFrom(zone: Zone, name: string, type: DnsType): ZoneAnswer {
  const key = name.toLowerCase().replace(/\.$/, '');
  const here = zone[key];
  if (here === undefined) {
    // An empty non-terminal exists (RFC 8020 §2).
    const hasBelow = Object.keys(zone).some((other) => other.endsWith(`.${key}`));
    return { status: hasBelow ? 'no-data' : 'no-name' };
  }
  const records = typeof here === 'string' ? here : (here[type] ?? []);
  if (records === 'SERVFAIL') return { status: 'servfail' };
  if (records === 'SILENCE') return { status: 'silence' };
  return records.length === 0 ? { status: 'no-data' } : { status: 'found', records };
}

export interface ZoneResolver extends Resolver {
  /** Every question so far, as `TYPE name`. */
  readonly questions: readonly string[];
}

export function createZoneResolver(zone: Zone): ZoneResolver {
  const questions: string[] = [];
  return {
    questions,
    async resolve(name, type): Promise<DnsAnswer> {
      questions.push(`${type} ${name}`);
      const answer = answerFrom(zone, name, type);
      switch (answer.status) {
        case 'found':
          return { status: 'found', records: inOrder(type, answer.records.map(joined)) };
        case 'servfail':
          return { status: 'failed', message: 'the name server could not answer (SERVFAIL)' };
        case 'silence':
          return { status: 'failed', message: 'the name server did not answer' };
        case 'no-data':
        case 'no-name':
          return { status: answer.status };
        default:
          return answer satisfies never;
      }
    },
  };
}

const joined = (record: string | readonly string[]): string =>
  typeof record === 'string' ? record : record.join('');

const inOrder = (type: DnsType, records: readonly string[]): readonly string[] =>
  type === 'MX' ? records.toSorted((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10)) : records;
