/** Reads structured fields (Content-Type, Content-Disposition) in every way that a mail program might. */

export interface Parameter {
  /** Lower case, without the marks of RFC 2231. */
  readonly name: string;
  /** Section number of a continued value (RFC 2231 §3); undefined for a whole one. */
  readonly section: number | undefined;
  /** Marked as percent-encoded (RFC 2231 §4). */
  readonly isExtended: boolean;
  /** The value by the rules first, then as other programs read it where the field breaks them. */
  readonly readings: readonly string[];
}

export interface StructuredField {
  /** What stands before the first semicolon: lower case, without comments and quotes. */
  readonly value: string;
  readonly parameters: readonly Parameter[];
}

/** No true field is nearly as long. */
const maxFieldLength = 16_384;
const maxParameters = 100;

export function parseStructured(written: string): StructuredField {
  const field = written.slice(0, maxFieldLength).replace(/^[\s:;]+/, '');
  const segments = splitAtSemicolons(field, true);
  const [first = ''] = segments;
  // Where quoting is broken, what looks quoted to one program is a parameter to another.
  const others = field.includes('"') ? splitAtSemicolons(field, false) : [];
  const parameters = [...parametersOf(segments.slice(1)), ...parametersOf(others.slice(1))];
  // `Content-Type: boundary=x` without a type: the value is a parameter too.
  if (first.includes('=')) parameters.push(...parametersOf([first]));
  return { value: mediaType(first), parameters: parameters.slice(0, maxParameters) };
}

const mediaType = (segment: string): string =>
  withoutComments(segment)
    .replace(/["'\s]/g, '')
    .toLowerCase();

function parametersOf(segments: readonly string[]): Parameter[] {
  return segments.slice(0, maxParameters).flatMap((segment, at) => {
    const equals = segment.indexOf('=');
    if (equals < 0) return [];
    const name = mediaType(segment.slice(0, equals));
    const marks = /^(.+?)(?:\*(\d{1,4}))?(\*)?$/.exec(name);
    if (marks?.[1] === undefined) return [];
    const value = segment.slice(equals + 1).trim();
    return [
      {
        name: marks[1],
        section: marks[2] === undefined ? undefined : Number(marks[2]),
        isExtended: marks[3] !== undefined,
        readings: readingsOf(value, tailAfter(segments, at)),
      },
    ];
  });
}

/** What follows a value up to the next parameter: an unquoted semicolon may belong to a file name. */
function tailAfter(segments: readonly string[], at: number): string {
  const next = segments[at + 1];
  return next === undefined || next.includes('=') ? '' : `;${next}`;
}

function readingsOf(value: string, tail: string): string[] {
  const strict = strictValue(value);
  if (tail === '' && isUnambiguous(value)) return [strict];
  const bare = unquote(value);
  const uncommented = withoutComments(value).trim();
  const candidates = [
    strict,
    bare,
    unquote(uncommented),
    bare.replaceAll('\\', ''),
    value.replaceAll('"', ''),
    unquote(uncommented.replace(/\s.*$/s, '')),
    ...(tail === '' ? [] : [unquote(value + tail), unquote(value + tail).replaceAll('\\', '')]),
  ];
  return [...new Set(candidates)].filter((candidate) => candidate !== '' || candidate === strict);
}

/** A token, or a quoted string that is whole and holds neither quotes nor escapes. */
const isUnambiguous = (value: string): boolean => /^(?:[\w.+/:-]*|"[^"\\]*")$/.test(value);

/**
 * RFC 2045 §5.1: a quoted string with backslash escapes, or else what stands there up to a comment: a token may hold
 * neither spaces nor parentheses, but mail programs take both for a part of a file name.
 */
function strictValue(value: string): string {
  if (!value.startsWith('"')) {
    const spaced = value.replace(/\s+/g, ' ');
    const comment = spaced.indexOf(' (');
    return comment < 0 ? spaced : spaced.slice(0, comment);
  }
  let text = '';
  for (let at = 1; at < value.length; at += 1) {
    const character = value[at];
    if (character === '"') break;
    if (character === '\\') at += 1;
    text += value[at] ?? '';
  }
  return text;
}

/** Without quotes of either kind around it. */
const unquote = (value: string): string => value.trim().replace(/^["']|["']$/g, '');

function splitAtSemicolons(field: string, respectQuotes: boolean): string[] {
  const segments: string[] = [];
  let isQuoted = false;
  let start = 0;
  for (let at = 0; at < field.length; at += 1) {
    const character = field[at];
    if (character === '\\' && respectQuotes) at += 1;
    else if (character === '"') isQuoted = respectQuotes && !isQuoted;
    else if (character === ';' && !isQuoted) {
      segments.push(field.slice(start, at));
      start = at + 1;
    }
  }
  segments.push(field.slice(start));
  return segments;
}

/** RFC 5322 §3.2.2: comments nest, and are none inside a quoted string. */
function withoutComments(text: string): string {
  if (!text.includes('(')) return text;
  let depth = 0;
  let isQuoted = false;
  let result = '';
  for (const character of text) {
    if (character === '"' && depth === 0) isQuoted = !isQuoted;
    const step = isQuoted ? 0 : commentStep(character, depth);
    depth += step;
    if (depth === 0 && step === 0) result += character;
  }
  return result;
}

function commentStep(character: string, depth: number): number {
  if (character === '(') return 1;
  return character === ')' && depth > 0 ? -1 : 0;
}
