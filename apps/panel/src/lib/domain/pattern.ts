/** What a pattern of a list will match, in words, while it is being typed; the api has the last word. */
export interface PatternWords {
  readonly ok: boolean;
  readonly words: string;
}

const name = String.raw`[\p{L}\p{N}_](?:[\p{L}\p{N}_-]*[\p{L}\p{N}_])?`;
const domainShape = new RegExp(`^(?:\\*\\.|\\*$)?(?:${name}(?:\\.|$))*$`, 'u');
const ipv4 = /^(?:\d{1,3}\.){3}\d{1,3}$/;
const ipv6 = /^[0-9a-f:]*:[0-9a-f:.]*$/i;

export const patternExamples: readonly { readonly pattern: string; readonly about: string }[] = [
  { pattern: 'name@x.example', about: 'one sender' },
  { pattern: '*@x.example', about: 'all senders of a domain' },
  { pattern: 'x.example', about: 'the same' },
  { pattern: '*.x.example', about: 'all names below it' },
  { pattern: '192.0.2.0/24', about: 'a network of servers' },
];

/** Undefined while there is nothing. */
export function patternWords(text: string): PatternWords | undefined {
  const pattern = text.trim().toLowerCase();
  if (pattern === '') return undefined;
  return network(pattern) ?? sender(pattern) ?? unreadable;
}

const unreadable: PatternWords = {
  ok: false,
  words: 'This is no address, no domain and no network yet.',
};

function network(pattern: string): PatternWords | undefined {
  const [host = '', bits, ...rest] = pattern.split('/');
  const width = widthOf(host);
  if (rest.length > 0 || width === undefined) return undefined;
  if (width === 32 && host.split('.').some((part) => Number(part) > 255)) return unreadable;
  if (bits === undefined) return { ok: true, words: `Mail from the server ${host}` };
  return /^\d{1,3}$/.test(bits) && Number(bits) <= width
    ? { ok: true, words: `Mail from all servers of the network ${pattern}` }
    : { ok: false, words: `After the slash belongs a number from 0 to ${width}.` };
}

/** In bits; undefined for what is no address at all. */
function widthOf(host: string): 32 | 128 | undefined {
  if (ipv4.test(host)) return 32;
  return ipv6.test(host) ? 128 : undefined;
}

function sender(pattern: string): PatternWords | undefined {
  const at = pattern.lastIndexOf('@');
  const domain = pattern.slice(at + 1).replace(/\.$/, '');
  const local = pattern.slice(0, Math.max(0, at));
  if (domain === '' || !domainShape.test(domain) || /\s/.test(local)) return undefined;
  return { ok: true, words: senderWords(at < 0 ? '*' : local, domain) };
}

function senderWords(local: string, domain: string): string {
  const where = domain.startsWith('*.') ? `any name below ${domain.slice(2)}` : domain;
  const isAnybody = local === '' || local === '*';
  if (domain === '*') return isAnybody ? 'Every sender there is' : `Senders anywhere who are called ${local}`;
  if (!domain.includes('.')) return `Senders at “${domain}”, a name without a dot: is that meant?`;
  if (isAnybody) return `All senders at ${where}`;
  return local.includes('*')
    ? `Senders at ${where} whose name is like ${local}`
    : `The sender ${local}@${domain}`;
}

/** Many entries at once: one a line, what follows `#` is the note. */
export function entriesOf(text: string): readonly { readonly pattern: string; readonly note: string }[] {
  return text
    .split('\n')
    .map((line) => {
      const [pattern = '', ...note] = line.split('#');
      return { pattern: pattern.trim(), note: note.join('#').trim() };
    })
    .filter(({ pattern }) => pattern !== '');
}
