/** Puts the pieces together: a raw mail in, what is in it out. No clock and no thread here. */
import type { InspectedMessage, MessagePart, MimeAnomaly } from '@sluice/core/ports/message-inspector.ts';
import { decodeFields, summarize } from './addresses.ts';
import { endsAsZip, newArchiveBudget, readArchive, startsAsZip, type ArchiveBudget } from './archives.ts';
import type { Leaf } from './leaf.ts';
import { isLocked } from './locked.ts';
import { holdsMacros } from './macros.ts';
import { createTextCollector, isReadable, type TextCollector, type TextLimits } from './message-text.ts';
import { readPackedFiles } from './packed-files.ts';
import { contentOf } from './second-look.ts';
import { isTextual, sniff, sniffText } from './sniff.ts';
import { readStructure, type Structure, type StructureCaps } from './structure.ts';
import { embeddedFiles, mayEmbedFiles } from './uuencode.ts';

export interface InspectOptions extends StructureCaps, TextLimits {}

/** What a mail without attachments may have and still be read at once. */
const maxPlainParts = 12;

/** Reads a mail that holds nothing but text; undefined where it holds more, which `inspectMessage` then reads. */
export function inspectPlain(raw: Buffer, options: InspectOptions): InspectedMessage | undefined {
  const structure = readStructure(raw, { ...options, maxParts: Math.min(options.maxParts, maxPlainParts) });
  if (structure.anomalies.has('too-many-parts')) return undefined;
  const text = createTextCollector(options);
  const parts: MessagePart[] = [];
  for (const leaf of structure.leaves) {
    const { content, isRedecoded } = contentOf(leaf);
    if (isRedecoded || !isTextual(content) || endsAsZip(content) || mayEmbedFiles(content)) return undefined;
    noteEncoding(leaf, structure, isRedecoded);
    text.add(leaf, content);
    parts.push(partOf(leaf, content, sniffText(content)));
  }
  return assemble(structure, parts, text);
}

/** Reads any mail. */
export async function inspectMessage(raw: Buffer, options: InspectOptions): Promise<InspectedMessage> {
  const structure = readStructure(raw, options);
  const text = createTextCollector(options);
  const budget = newArchiveBudget();
  const parts: MessagePart[] = [];
  for (const leaf of structure.leaves) {
    const { content, isRedecoded } = contentOf(leaf);
    noteEncoding(leaf, structure, isRedecoded);
    text.add(leaf, content);
    parts.push(...(await readContent(leaf, content, { structure, budget })));
    if (mayEmbed(leaf, content)) parts.push(...(await readEmbedded(leaf, content, { structure, budget })));
  }
  return assemble(structure, parts, text);
}

/** The text alone. */
export function readText(raw: Buffer, options: InspectOptions): string {
  const text = createTextCollector(options);
  for (const leaf of readStructure(raw, options).leaves) {
    if (isReadable(leaf)) text.add(leaf, leaf.content());
  }
  return text.toString();
}

/** An attached mail has leaves of its own, in which is looked. */
const mayEmbed = (leaf: Leaf, content: Buffer): boolean =>
  leaf.type.startsWith('text/') || (isTextual(content) && !leaf.type.startsWith('message/'));

interface Reading {
  readonly structure: Structure;
  readonly budget: ArchiveBudget;
}

async function readContent(leaf: Leaf, content: Buffer, reading: Reading): Promise<readonly MessagePart[]> {
  const part = partOf(leaf, content, await sniff(content));
  return withInside(part, content, reading);
}

async function readEmbedded(leaf: Leaf, content: Buffer, reading: Reading): Promise<readonly MessagePart[]> {
  if (!mayEmbedFiles(content)) return [];
  const parts: MessagePart[] = [];
  for (const [at, file] of embeddedFiles(content).entries()) {
    const part: MessagePart = {
      path: `${leaf.path}/${at}`,
      type: '',
      sniffedType: await sniff(file.content),
      name: file.name,
      otherNames: [],
      disposition: 'attachment',
      size: file.content.length,
      encrypted: false,
    };
    parts.push(...(await withInside(part, file.content, reading)));
  }
  return parts;
}

/** The part, and behind it what lies in it. */
async function withInside(
  part: MessagePart,
  content: Buffer,
  reading: Reading,
): Promise<readonly MessagePart[]> {
  const inside = await readInside(part, content, reading);
  const macros = holdsMacros(content, part.sniffedType) ? ({ hasMacros: true } as const) : {};
  return [{ ...part, encrypted: inside.isEncrypted, ...macros }, ...inside.parts];
}

async function readInside(
  part: MessagePart,
  content: Buffer,
  { structure, budget }: Reading,
): Promise<{ readonly parts: readonly MessagePart[]; readonly isEncrypted: boolean }> {
  const isWhole = startsAsZip(content);
  if (!isWhole && (mayHoldZips(part) || !endsAsZip(content))) {
    const parts = await readPackedFiles(content, part, budget);
    const isEncrypted = isLocked(content, part.sniffedType) || parts.some(({ encrypted }) => encrypted);
    return { parts, isEncrypted };
  }
  const archive = await readArchive(content, part.path, budget);
  for (const anomaly of archive.anomalies) {
    // What only ends like a zip may be none: then it is no damaged one either.
    if (isWhole || anomaly !== 'archive-damaged') structure.anomalies.add(anomaly);
  }
  return archive;
}

/** An attached mail has its own parts already, and old Office documents keep their theme in a zip. */
const mayHoldZips = (part: MessagePart): boolean =>
  part.type.startsWith('message/') || part.sniffedType === 'application/x-cfb';

function noteEncoding(leaf: Leaf, { anomalies }: Structure, isRedecoded: boolean): void {
  if (leaf.hasBrokenEncoding || isRedecoded) anomalies.add('bad-encoding');
}

const partOf = (leaf: Leaf, content: Buffer, sniffedType: string | undefined): MessagePart => ({
  path: leaf.path,
  type: leaf.type,
  sniffedType,
  name: leaf.names[0],
  otherNames: leaf.names.slice(1),
  disposition: leaf.disposition,
  size: content.length,
  encrypted: false,
});

const assemble = (
  structure: Structure,
  parts: readonly MessagePart[],
  text: TextCollector,
): InspectedMessage => ({
  headers: decodeFields(structure.headers),
  ...summarize(structure.headers),
  parts,
  text: text.toString(),
  links: text.found?.links ?? [],
  html: text.found?.html,
  structure: structure.shape,
  anomalies: [...structure.anomalies] satisfies MimeAnomaly[],
});
