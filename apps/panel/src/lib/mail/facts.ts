/** What a check observed, as a tree that a person can read: any JSON, whatever check it came from. */
import { plain } from '../hostile.ts';

export type FactNode =
  | { readonly kind: 'text'; readonly text: string; readonly code: boolean }
  | { readonly kind: 'none'; readonly text: string }
  | { readonly kind: 'texts'; readonly texts: readonly string[] }
  | { readonly kind: 'members'; readonly members: readonly FactMember[] }
  | { readonly kind: 'items'; readonly items: readonly FactNode[] };

export interface FactMember {
  readonly label: string;
  readonly value: FactNode;
}

const none = (text: string): FactNode => ({ kind: 'none', text });
const maxDepth = 6;
const maxItems = 200;

/** What is nested too deep or too long is shown as it is written. */
export function factTree(value: unknown, depth = 0): FactNode {
  if (!(value instanceof Object)) return scalar(value);
  if (depth >= maxDepth) return { kind: 'text', text: plain(JSON.stringify(value)), code: true };
  return Array.isArray(value) ? listOf(value, depth) : membersOf(value, depth);
}

function scalar(value: unknown): FactNode {
  if (typeof value === 'boolean') return { kind: 'text', text: value ? 'yes' : 'no', code: false };
  if (typeof value === 'number') return { kind: 'text', text: String(value), code: false };
  if (typeof value !== 'string' || value === '') return none('none');
  return { kind: 'text', text: plain(value), code: isTechnical(value) };
}

function listOf(list: readonly unknown[], depth: number): FactNode {
  if (list.length === 0) return none('none');
  const shown = list.slice(0, maxItems);
  const more = list.length - shown.length;
  const texts = shown.flatMap((item) => (item instanceof Object ? [] : [plain(String(item))]));
  if (texts.length === shown.length) {
    return { kind: 'texts', texts: more > 0 ? [...texts, `and ${more} more`] : texts };
  }
  const items = shown.map((item) => factTree(item, depth + 1));
  return { kind: 'items', items: more > 0 ? [...items, none(`and ${more} more`)] : items };
}

function membersOf(value: object, depth: number): FactNode {
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([name, member]) => ({ label: labelOf(name), value: factTree(member, depth + 1) }));
  return members.length === 0 ? none('nothing') : { kind: 'members', members };
}

/** Records, addresses and names of hosts are read letter by letter. */
const isTechnical = (text: string): boolean => /[@=:/\\<>]|\.\S|^[\da-f-]{16,}$/.test(text);

const labels: Readonly<Record<string, string>> = {
  ip: 'Client address',
  helo: 'HELO name',
  sender: 'Envelope sender',
  from: 'From header',
  tls: 'TLS',
  ttl: 'TTL',
  sha256: 'SHA-256',
  keyBits: 'Key length in bits',
  author: 'Author’s domain',
  hops: 'Servers passed',
};

/** `recordDomain` → “Record domain”. */
export function labelOf(name: string): string {
  const known = labels[name];
  if (known !== undefined) return known;
  const words = plain(name)
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/[_-]+/g, ' ')
    .trim();
  if (words === '') return 'Value';
  // A key that is data (the name of a zone, of a header) stays as it is.
  return /^[a-z][a-z ]*$/i.test(words) && !/^[A-Z]/.test(name)
    ? words.charAt(0).toUpperCase() + words.slice(1).toLowerCase()
    : plain(name);
}

interface Gathered {
  readonly status?: unknown;
  readonly fact?: unknown;
  readonly message?: unknown;
  readonly why?: unknown;
}

const whys: Readonly<Record<string, string>> = {
  'private-client': 'The client’s address is a private one, about which the world knows nothing.',
  'null-sender': 'The mail has no sender to ask about.',
};

/** What came of gathering, or why there is nothing. */
export function gatheredTree(gathered: unknown): FactNode {
  const { status, fact, message, why } = (gathered ?? {}) as Gathered;
  if (status === 'observed') return factTree(fact);
  if (status === 'nothing') return none('There was nothing to observe.');
  if (status === 'error') return none(`It could not be asked: ${plain(String(message))}`);
  if (status === 'not-configured') return none('This part of the service is not set up.');
  if (status === 'skipped') return none(whys[String(why)] ?? 'It did not apply to this mail.');
  return none('Nothing was recorded.');
}
