/** rspamd's functional tests as data: cases, messages and the zone that they are asked of. */
import { readSuite } from '../support/corpus.ts';
import type { Zone, ZoneName } from '../support/zone-resolver.ts';

export interface RspamdCase {
  readonly suite: string;
  readonly case: string;
  readonly file: string;
  readonly params: { readonly IP?: string; readonly From?: string; readonly Helo?: string };
  /** Assertions, each with its symbol. */
  readonly expect: readonly (readonly string[])[];
}

interface SuiteName {
  readonly name: string;
  readonly type: string;
  readonly rcode: string | null;
  readonly replies: readonly string[];
}

let files: ReadonlyMap<string, Uint8Array> | undefined;

export function rspamdMessage(name: string): Uint8Array {
  files ??= new Map([...readSuite('rspamd-functional')].map(({ path, bytes }) => [path, bytes]));
  const bytes = files.get(`rspamd-functional/rspamd/${name}`);
  if (bytes === undefined) throw new Error(`the suite has no ${name}`);
  return bytes;
}

const readJson = <T>(name: string): T => JSON.parse(Buffer.from(rspamdMessage(name)).toString('utf8')) as T;

export const rspamdCases = (suite: string): readonly RspamdCase[] =>
  readJson<RspamdCase[]>('cases.json').filter((one) => one.suite === suite);

export function rspamdZone(): Zone {
  const zone: Record<string, ZoneName> = {};
  for (const { name, type, rcode, replies } of readJson<SuiteName[]>('zone.json')) {
    const here = zone[name.toLowerCase()] ?? {};
    const kind = type.toUpperCase();
    if (typeof here === 'string' || kind in here) continue;
    // Names of later tests stand there as without a record first, and with one then.
    if (rcode === 'nxdomain' || rcode === 'norec') continue;
    zone[name.toLowerCase()] = { ...here, [kind]: rcode === 'timeout' ? 'SILENCE' : replies };
  }
  return zone;
}
