/** Takes a raw mail apart into its MIME leaves, on the side of seeing too much where programs disagree. */
import type { HeaderField, MimeAnomaly } from '@sluice/core/ports/message-inspector.ts';
import { inferBoundary, splitAtBoundaries } from './boundaries.ts';
import { readHeader, valuesOf } from './header-fields.ts';
import { createLeaf, type Leaf } from './leaf.ts';
import { parseStructured, type StructuredField } from './parameters.ts';
import { valuesOfParameter } from './parameter-values.ts';

export interface StructureCaps {
  readonly maxParts: number;
  readonly maxDepth: number;
}

export interface Structure {
  readonly headers: readonly HeaderField[];
  readonly leaves: readonly Leaf[];
  /** Prefixes of the paths of parts that are the same thing in different forms (multipart/alternative). */
  readonly alternatives: ReadonlySet<string>;
  readonly anomalies: Set<MimeAnomaly>;
  /** The tree of media types, as the port has it. */
  readonly shape: string;
}

const maxShape = 500;

/** Where an entity stands: its own path as a leaf, and what its parts' paths begin with. */
interface Place {
  readonly path: string;
  readonly prefix: string;
  readonly depth: number;
  readonly defaultType: string;
}

interface Entity {
  readonly raw: Buffer;
  readonly start: number;
  readonly end: number;
}

export function readStructure(raw: Buffer, caps: StructureCaps): Structure {
  const leaves: Leaf[] = [];
  const alternatives = new Set<string>();
  const anomalies = new Set<MimeAnomaly>();
  const shape: string[] = [];
  let parts = 0;

  function visit({ raw: bytes, start, end }: Entity, place: Place): readonly HeaderField[] {
    parts += 1;
    const { fields, bodyStart, isCut } = readPartHeader(bytes, start, end);
    if (isCut) anomalies.add('too-many-headers');
    const types = valuesOf(fields, 'content-type').map(parseStructured);
    const leaf = createLeaf({
      fields,
      types,
      type: primaryType(types, place.defaultType),
      path: place.path,
      raw: bytes.subarray(bodyStart, end),
    });
    // A header that swallowed its own body is searched for parts as well.
    const body = { raw: bytes, start: bodyStart < end ? bodyStart : start, end };
    shape.push(leaf.type, '(');
    if (!isMultipart(types)) {
      leaves.push(leaf);
      if (isMessage(leaf.type)) visitMessage(leaf, place);
      else visitHidden(body, fields, place);
    } else if (!visitParts(body, types, place)) {
      leaves.push(leaf);
    }
    shape.push(')');
    return fields;
  }

  /** False where the body holds no part, so that it has to be taken as a leaf. */
  function visitParts(body: Entity, types: readonly StructuredField[], place: Place): boolean {
    const declared = new Set(valuesOfParameter(types, 'boundary').flatMap(boundaryReadings));
    if (types.some((type) => type.value === 'multipart/alternative')) alternatives.add(place.prefix);
    const isDigest = types.some((type) => type.value === 'multipart/digest');
    let source = body.raw;
    let children = splitAtBoundaries(body, declared);
    if (children.length === 0) {
      anomalies.add('missing-boundary');
      const lines = withLoneCrAsLineEnd(body);
      source = lines.raw;
      children = splitAtBoundaries(lines, declared);
      if (children.length === 0) children = splitAtInferred(lines);
    }
    visitAll(source, children, { ...place, defaultType: isDigest ? 'message/rfc822' : 'text/plain' });
    return children.length > 0;
  }

  function visitAll(bytes: Buffer, children: readonly (readonly [number, number])[], place: Place): void {
    if (place.depth >= caps.maxDepth) {
      anomalies.add('too-deep');
      return;
    }
    for (const [at, [start, end]] of children.entries()) {
      if (parts >= caps.maxParts) {
        anomalies.add('too-many-parts');
        return;
      }
      const path = place.prefix === '' ? `${at + 1}` : `${place.prefix}.${at + 1}`;
      visit({ raw: bytes, start, end }, { ...place, path, prefix: path, depth: place.depth + 1 });
    }
  }

  function visitMessage(leaf: Leaf, place: Place): void {
    if (place.depth >= caps.maxDepth) {
      anomalies.add('too-deep');
      return;
    }
    const content = leaf.content();
    visit(
      { raw: content, start: 0, end: content.length },
      { path: `${place.path}.1`, prefix: place.path, depth: place.depth + 1, defaultType: 'text/plain' },
    );
  }

  /** A header so broken that its multipart type is not seen as one by the rules: some programs see it all the same. */
  function visitHidden(body: Entity, fields: readonly HeaderField[], place: Place): void {
    const isSuspect =
      body.raw.toString('latin1', body.start, body.start + 2) === '--' ||
      fields.some((field) => mentionsMultipart(field));
    const children = isSuspect ? splitAtInferred(body) : [];
    if (children.length === 0) return;
    anomalies.add('missing-boundary');
    visitAll(body.raw, children, { ...place, defaultType: 'text/plain' });
  }

  const root: Place = { path: '1', prefix: '', depth: 0, defaultType: 'text/plain' };
  const headers = visit({ raw, start: 0, end: raw.length }, root);
  return { headers, leaves, alternatives, anomalies, shape: spelled(shape) };
}

/** `text/plain ( )` → `text/plain`. */
const spelled = (shape: readonly string[]): string =>
  shape
    .slice(0, maxShape)
    .join('')
    .replace(/\)(?=[^)])/g, '),')
    .replaceAll('()', '')
    .slice(0, maxShape);

const splitAtInferred = (body: Entity): readonly (readonly [number, number])[] => {
  const inferred = inferBoundary(body);
  return inferred === undefined ? [] : splitAtBoundaries(body, new Set([inferred]));
};

/** An empty line before the first field is passed over where a field of MIME follows it. */
function readPartHeader(raw: Buffer, start: number, end: number): ReturnType<typeof readHeader> {
  const header = readHeader(raw, start, end);
  const isEarly = header.fields.length === 0 && header.bodyStart < end;
  const next = raw.toString('latin1', header.bodyStart, Math.min(end, header.bodyStart + 9));
  return isEarly && /^content-[a-z]/i.test(next) ? readHeader(raw, header.bodyStart, end) : header;
}

/** For bodies whose delimiters are set off by a bare CR, which RFC 5322 §2.3 forbids and some programs take for a line end. */
function withLoneCrAsLineEnd(body: Entity): Entity {
  const text = body.raw.toString('latin1', body.start, body.end);
  if (!/\r(?!\n)/.test(text)) return body;
  const raw = Buffer.from(text.replace(/\r(?!\n)/g, '\r\n'), 'latin1');
  return { raw, start: 0, end: raw.length };
}

/** As delimiter lines are compared: bytes as characters, without white space around. */
function boundaryReadings(value: string): readonly string[] {
  const text = Buffer.from(value.trim()).toString('latin1');
  return text.startsWith('--') ? [text, text.slice(2)] : [text];
}

const isMultipart = (types: readonly StructuredField[]): boolean =>
  types.some((type) => /^(x-)?multipart\b/.test(type.value));

const isMessage = (type: string): boolean => /^message\/(rfc822|global|news)$/.test(type);

/** The first field that holds a type; multipart over others, because that reading shows more. */
function primaryType(types: readonly StructuredField[], fallback: string): string {
  const multipart = types.find((type) => type.value.startsWith('multipart/'));
  const first = multipart ?? types.find((type) => /^[\w.+-]+\/[\w.+-]+/.test(type.value));
  return first === undefined ? fallback : (/^[\w.+-]+\/[\w.+-]+/.exec(first.value)?.[0] ?? fallback);
}

const mentionsMultipart = ({ name, value }: HeaderField): boolean =>
  /^\W*content|^mime|^boundary/i.test(name) && /multi|boundary/i.test(value.slice(0, 4096));
