/** Port: shows a kept mail to a person. Its text is hostile: it is read within caps of time and memory, never as code. */
import type { Result } from '../kernel/result.ts';
import type { HeaderField } from './message-inspector.ts';

/** One thing in a mail that can be downloaded: a MIME leaf, an attached message, or a file inside a text (uuencode, yEnc). */
export interface ViewedPart {
  /** Its place among all parts of the mail, from 0; the same in every reading of the same bytes. */
  readonly index: number;
  /** File name, decoded, without control and direction characters; '' if none. */
  readonly name: string;
  /** Declared media type, lower case. */
  readonly type: string;
  /** Bytes after decoding. */
  readonly size: number;
  readonly disposition: 'attachment' | 'inline' | undefined;
  /** Not shown as a part of the text, so that a person has to download it to see it. */
  readonly isAttachment: boolean;
  /** By which HTML names it, without the angle brackets. */
  readonly contentId?: string;
}

export interface MailContent {
  /** Decoded, in their order. */
  readonly headers: readonly HeaderField[];
  /** The readable text: of alternatives the plain one, else HTML turned into text. */
  readonly text: string;
  readonly hasHtml: boolean;
  /** Images that the HTML would have loaded from elsewhere. */
  readonly remoteImages: number;
  readonly parts: readonly ViewedPart[];
  /** Something is left out: too many headers or parts, too much text, or nested too deep. */
  readonly truncated: boolean;
}

export interface MailDocument {
  /** A whole HTML document without scripts, forms, frames and anything that loads from elsewhere. */
  readonly html: string;
  /** Images that were removed because they lie elsewhere. */
  readonly remoteImages: number;
}

export interface PartContent {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** `timeout` and `failed`: the mail is so built that it could not be read within the caps. */
export type ViewFailure = 'timeout' | 'failed';

/** Never throws for content. */
export interface MailViewer {
  view(raw: Uint8Array): Promise<Result<MailContent, ViewFailure>>;
  /** Undefined for a mail without HTML. */
  html(raw: Uint8Array): Promise<Result<MailDocument | undefined, ViewFailure>>;
  /** Undefined where the mail has no such part. */
  part(raw: Uint8Array, index: number): Promise<Result<PartContent | undefined, ViewFailure>>;
}
