/** Internationalised domain names: their ASCII form as DNS asks for it, and their letters as people see them (RFC 3492, RFC 5890). */

/** Lower-case ASCII form; undefined where it is no domain name. */
export function asciiDomain(name: string): string | undefined {
  const plain = name.toLowerCase().replace(/\.$/, '');
  if (/^[a-z0-9_.-]+$/.test(plain)) return plain;
  try {
    // The URL standard maps names by UTS 46, which is what mail programs and browsers do with a link.
    const { hostname } = new URL(`http://${plain}`);
    return hostname === '' || hostname.startsWith('[') ? undefined : hostname;
  } catch {
    return undefined;
  }
}

/** `xn--mnchen-3ya.example` → `münchen.example`; a label that cannot be decoded stays as it is. */
export const unicodeDomain = (name: string): string =>
  name
    .split('.')
    .map((label) => (label.startsWith('xn--') ? (decodeLabel(label.slice(4)) ?? label) : label))
    .join('.');

// Parameters of RFC 3492 §5.
const base = 36;
const tMin = 1;
const tMax = 26;
const skew = 38;
const damp = 700;
const firstBias = 72;
const firstCode = 128;

/** RFC 3492 §6.2. */
function decodeLabel(encoded: string): string | undefined {
  const split = encoded.lastIndexOf('-');
  const output = split > 0 ? Array.from(encoded.slice(0, split)) : [];
  let code = firstCode;
  let index = 0;
  let bias = firstBias;
  let at = split > 0 ? split + 1 : 0;
  while (at < encoded.length) {
    const before = index;
    const step = readDelta(encoded, at, bias);
    if (step === undefined) return undefined;
    index += step.delta;
    at = step.next;
    const length = output.length + 1;
    bias = adapt(index - before, length, before === 0);
    code += Math.floor(index / length);
    index %= length;
    if (code > 0x10ffff || length > 63) return undefined;
    output.splice(index, 0, String.fromCodePoint(code));
    index += 1;
  }
  return output.join('');
}

function readDelta(
  text: string,
  from: number,
  bias: number,
): { readonly delta: number; readonly next: number } | undefined {
  let delta = 0;
  let weight = 1;
  for (let at = from, k = base; at < text.length; at += 1, k += base) {
    const digit = digitOf(text.charCodeAt(at));
    if (digit === undefined) return undefined;
    delta += digit * weight;
    if (delta > 0x7fffffff) return undefined;
    const threshold = Math.min(tMax, Math.max(tMin, k - bias));
    if (digit < threshold) return { delta, next: at + 1 };
    weight *= base - threshold;
  }
  return undefined;
}

function digitOf(code: number): number | undefined {
  if (code >= 0x30 && code <= 0x39) return code - 0x30 + 26;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x7a ? letter - 0x61 : undefined;
}

function adapt(delta: number, length: number, isFirst: boolean): number {
  let rest = isFirst ? Math.floor(delta / damp) : delta >> 1;
  rest += Math.floor(rest / length);
  let k = 0;
  while (rest > ((base - tMin) * tMax) >> 1) {
    rest = Math.floor(rest / (base - tMin));
    k += base;
  }
  return k + Math.floor(((base - tMin + 1) * rest) / (rest + skew));
}
