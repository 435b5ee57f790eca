/** A raw mail in, what a person sees of it out. No clock and no thread here. */
import type { MailContent, MailDocument, PartContent, ViewedPart } from '@sluice/core/ports/mail-viewer.ts';
import { htmlToText } from '../html-text.ts';
import type { Leaf } from '../leaf.ts';
import { isReadable } from '../message-text.ts';
import { readStructure, type Structure } from '../structure.ts';
import { displayField, displayHtml, displayText } from './display-text.ts';
import { documentOf, plainPiece } from './document.ts';
import { createInlineImages } from './images.ts';
import { maxListed, type Part, partsOf } from './parts.ts';
import { sanitise } from './sanitise.ts';
import { readableMail, type ReadableMail } from './shown-leaves.ts';

export type ViewTask =
  /** `withoutHtml`: HTML is not looked at, for mails that are built to make that slow. */
  | { readonly kind: 'view'; readonly withoutHtml: boolean }
  | { readonly kind: 'html' }
  | { readonly kind: 'part'; readonly index: number };

export type ViewAnswer =
  | { readonly kind: 'view'; readonly content: MailContent }
  | { readonly kind: 'html'; readonly document: MailDocument | undefined }
  | { readonly kind: 'part'; readonly part: PartContent | undefined };

const caps = { maxParts: 1_000, maxDepth: 20 };
const maxHeaders = 500;
const maxHeaderCharacters = 256 * 1024;
const maxTextCharacters = 200_000;
/** Of one leaf; what follows is not shown. */
const maxLeafBytes = 4 * 1024 * 1024;
/** Leaves that are put one below the other in the document. */
const maxPieces = 20;

export function answerView(raw: Buffer, task: ViewTask): ViewAnswer {
  const structure = readStructure(raw, caps);
  switch (task.kind) {
    case 'view':
      return { kind: 'view', content: contentOf(structure, task.withoutHtml) };
    case 'html':
      return { kind: 'html', document: rendered(structure, readableMail(structure))?.document };
    case 'part':
      return { kind: 'part', part: partAt(structure, task.index) };
  }
}

function contentOf(structure: Structure, withoutHtml: boolean): MailContent {
  const mail = readableMail(structure);
  const html = mail.inForm('text/html');
  const page = (withoutHtml ? undefined : rendered(structure, mail)) ?? nothingRendered;
  const headers = headersOf(structure);
  const text = textOf(mail);
  const shown = new Set<Leaf>([...mail.inForm('text/plain'), ...html, ...page.images]);
  const parts = Array.from(partsOf(structure), (part) => viewedPart(part, isAttachment(part, shown, mail)));
  const cuts = [withoutHtml, page.isCut, headers.isCut, text.isCut, parts.length >= maxListed];
  return {
    headers: headers.fields,
    text: text.text,
    hasHtml: html.some(isHtml),
    remoteImages: page.document.remoteImages,
    parts,
    truncated: cuts.includes(true) || hasTooMuch(structure),
  };
}

const isHtml = (leaf: Leaf): boolean => leaf.type === 'text/html';

const hasTooMuch = ({ anomalies }: Structure): boolean =>
  anomalies.has('too-deep') || anomalies.has('too-many-parts') || anomalies.has('too-many-headers');

function headersOf({ headers }: Structure) {
  const fields = [];
  let charactersLeft = maxHeaderCharacters;
  for (const { name, value } of headers.slice(0, maxHeaders)) {
    const field = { name: displayField(name.slice(0, 200)), value: displayField(value) };
    charactersLeft -= field.name.length + field.value.length;
    if (charactersLeft < 0) break;
    fields.push(field);
  }
  return { fields, isCut: fields.length < headers.length };
}

function textOf(mail: ReadableMail): { readonly text: string; readonly isCut: boolean } {
  const pieces: string[] = [];
  let length = 0;
  let isCut = false;
  for (const leaf of mail.inForm('text/plain')) {
    const content = mail.contentOf(leaf);
    isCut ||= content.length > maxLeafBytes || length > maxTextCharacters;
    if (length > maxTextCharacters) break;
    const piece = readable(leaf, content.subarray(0, maxLeafBytes));
    if (piece === '') continue;
    pieces.push(piece);
    length += piece.length + 2;
  }
  const text = pieces.join('\n\n');
  return {
    text: text.slice(0, maxTextCharacters).toWellFormed(),
    isCut: isCut || text.length > maxTextCharacters,
  };
}

const readable = (leaf: Leaf, content: Buffer): string =>
  isHtml(leaf)
    ? htmlToText(displayHtml(content, leaf.charset), maxTextCharacters + 1)
    : displayText(content, leaf.charset).replaceAll('\r\n', '\n').trimEnd();

interface Rendered {
  readonly document: MailDocument;
  /** Leaves that are pictures in it. */
  readonly images: ReadonlySet<Leaf>;
  readonly isCut: boolean;
}

const nothingRendered: Rendered = {
  document: { html: '', remoteImages: 0 },
  images: new Set(),
  isCut: false,
};

/** Undefined where nothing of the mail is HTML. */
function rendered({ leaves }: Structure, mail: ReadableMail): Rendered | undefined {
  const shown = mail.inForm('text/html');
  if (!shown.some(isHtml)) return undefined;
  const images = createInlineImages(leaves);
  let remoteImages = 0;
  let isCut = shown.length > maxPieces;
  const pieces = shown.slice(0, maxPieces).map((leaf) => {
    const content = mail.contentOf(leaf);
    isCut ||= content.length > maxLeafBytes;
    const bytes = content.subarray(0, maxLeafBytes);
    if (!isHtml(leaf)) return plainPiece(displayText(bytes, leaf.charset));
    const clean = sanitise(displayHtml(bytes, leaf.charset), images);
    remoteImages += clean.remoteImages;
    return clean.html;
  });
  return { document: { html: documentOf(pieces), remoteImages }, images: images.shown, isCut };
}

/** What is neither read nor seen as a picture; of an attached mail the mail itself, not its own text. */
function isAttachment({ leaf, isEmbedded }: Part, shown: ReadonlySet<Leaf>, mail: ReadableMail): boolean {
  if (isEmbedded || leaf.disposition === 'attachment') return true;
  if (shown.has(leaf)) return false;
  return leaf.names.length > 0 || !(mail.isInside(leaf) || isReadable(leaf));
}

function viewedPart({ index, name, type, leaf, isEmbedded, content }: Part, attached: boolean): ViewedPart {
  const contentId = isEmbedded ? undefined : leaf.contentId();
  return {
    index,
    name,
    type,
    size: content.length,
    disposition: isEmbedded ? 'attachment' : leaf.disposition,
    isAttachment: attached,
    ...(contentId === undefined ? {} : { contentId: displayField(contentId) }),
  };
}

function partAt(structure: Structure, index: number): PartContent | undefined {
  for (const part of partsOf(structure)) {
    // Bytes of their own: a view would send its whole buffer along.
    if (part.index === index)
      return { name: part.name, type: part.type, bytes: new Uint8Array(part.content) };
  }
  return undefined;
}
