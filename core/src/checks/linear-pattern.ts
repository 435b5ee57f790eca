/** Patterns that customers write, matched in time linear in the text whatever they write (RE2 by re2js). */
import { RE2JS } from 're2js';

export type PatternSyntax = 'wildcard' | 'regex';

export interface LinearPattern {
  /** Found somewhere in the text (regex), or the whole text (wildcard: `*` is any run, `?` one character). */
  matches(text: string): boolean;
}

const compiled = new Map<string, LinearPattern | undefined>();
const maxCompiled = 5_000;

/** Case does not count. Undefined where it is no pattern; remembered, since it is matched for every mail. */
export function linearPattern(source: string, syntax: PatternSyntax): LinearPattern | undefined {
  const key = `${syntax} ${source}`;
  if (compiled.has(key)) return compiled.get(key);
  const pattern = compile(syntax === 'regex' ? source : wildcardSource(source));
  if (compiled.size >= maxCompiled) compiled.clear();
  compiled.set(key, pattern);
  return pattern;
}

function compile(source: string): LinearPattern | undefined {
  try {
    const expression = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE | RE2JS.DOTALL);
    return { matches: (text) => expression.matcher(text).find() };
  } catch {
    return undefined;
  }
}

const wildcardSource = (text: string): string =>
  `^${text
    .trim()
    .split(/(\*+|\?)/)
    .map((piece) => (piece === '?' ? '.' : piece.startsWith('*') ? '.*' : RE2JS.quote(piece)))
    .join('')}$`;
