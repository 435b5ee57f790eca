/** Filters as Meilisearch documents them, as far as ours use them: AND, OR, brackets, comparing, IN and STARTS WITH. */

export type Stored = Readonly<Record<string, unknown>>;
type Test = (document: Stored) => boolean;

const token = /\s*(?<token>"(?:[^"\\]|\\.)*"|\(|\)|\[|\]|,|>=|<=|=|<|>|[A-Za-z]\w*|-?\d+)/gy;

/** Throws SyntaxError for what is no filter, and for attributes that are not filterable. */
export function parseFilter(filter: string, filterable: readonly string[]): Test {
  const tokens: string[] = [];
  let end = 0;
  for (const found of filter.matchAll(token)) {
    tokens.push(found.groups!['token']!);
    end = found.index + found[0].length;
  }
  if (filter.slice(end).trim() !== '') throw new SyntaxError(`not a filter from ${end} on`);
  let at = 0;
  const next = (): string => tokens[at++] ?? '';
  const accept = (wanted: string): boolean => tokens[at] === wanted && ++at > 0;
  const expect = (wanted: string): void => {
    if (!accept(wanted)) throw new SyntaxError(`${wanted} is missing`);
  };

  const either = (): Test => {
    const tests = [all()];
    while (accept('OR')) tests.push(all());
    return (document) => tests.some((test) => test(document));
  };
  const all = (): Test => {
    const tests = [primary()];
    while (accept('AND')) tests.push(primary());
    return (document) => tests.every((test) => test(document));
  };
  const primary = (): Test => {
    if (!accept('(')) return condition();
    const inner = either();
    expect(')');
    return inner;
  };
  const condition = (): Test => {
    const field = next();
    if (!filterable.includes(field)) throw new SyntaxError(`the attribute ${field} is not filterable`);
    const operator = next();
    const compare = operator === 'IN' ? within() : comparison(operator);
    return (document) => valuesOf(document[field]).some(compare);
  };
  const within = (): ((value: string) => boolean) => {
    expect('[');
    const wanted = new Set<string>();
    while (!accept(']')) {
      wanted.add(normalise(unquote(next())));
      accept(',');
    }
    return (value) => wanted.has(keep(value));
  };
  const comparison = (operator: string): ((value: string) => boolean) => {
    if (operator === 'STARTS') expect('WITH');
    const wanted = normalise(unquote(next()));
    if (operator === '=') return (value) => keep(value) === wanted;
    if (operator === 'STARTS') return (value) => keep(value).startsWith(wanted);
    if (operator === '<') return (value) => Number(value) < Number(wanted);
    if (operator === '>=') return (value) => Number(value) >= Number(wanted);
    throw new SyntaxError(`${operator} is no operator`);
  };

  const test = either();
  if (at < tokens.length) throw new SyntaxError(`${tokens[at]} is too much`);
  return test;
}

const unquote = (text: string): string =>
  text.startsWith('"') ? text.slice(1, -1).replaceAll(/\\(.)/g, '$1') : text;

/** Filters are compared without case, decomposed, and of a long value the beginning only is kept. */
const normalise = (text: string): string => text.trim().normalize('NFKD').toLowerCase();

const maxBytes = 468;
const keep = (value: string): string => Buffer.from(normalise(value)).subarray(0, maxBytes).toString();

export function valuesOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(valuesOf);
  return typeof value === 'string' || typeof value === 'number' ? [String(value)] : [];
}
