/** Port: reads a raw mail once, within caps of time, memory and depth, and says what is in it. */
import type { Result } from '../kernel/result.ts';

export interface HeaderField {
  /** As written, without the colon. */
  readonly name: string;
  /** Unfolded, not decoded. Latin-1 or UTF-8 as received. */
  readonly value: string;
  /** With its encoded words decoded (RFC 2047), where it has any. */
  readonly decoded?: string;
}

/** Where the mail leads: a link, image map or form of its HTML, or an address that its text spells out. */
export interface MessageLink {
  /** Absolute, as written, entities decoded; at most 2048 characters. */
  readonly href: string;
  /** The words that are shown for it, at most 200 characters; '' where it stands for itself. */
  readonly text: string;
}

/** What the HTML of a mail has, all its HTML leaves together. */
export interface HtmlFacts {
  /** Characters of markup and text. */
  readonly length: number;
  readonly images: number;
  readonly forms: number;
  readonly scripts: number;
  /** Elements whose style hides them. */
  readonly hidden: number;
}

export interface Mailbox {
  /** Display name, decoded; '' if none. */
  readonly name: string;
  /** `local@domain`, as written; '' if it could not be read. */
  readonly address: string;
}

/** A MIME leaf, an attached message (beside its own leaves), or a file inside an archive. */
export interface MessagePart {
  /** e.g. `1.2`; a file in an archive is `1.2/0`. */
  readonly path: string;
  /** Declared media type, lower case; '' inside an archive. */
  readonly type: string;
  /** Media type by the first bytes; undefined if unknown. */
  readonly sniffedType: string | undefined;
  /** File name, decoded, of Content-Disposition, else of Content-Type; undefined if none. */
  readonly name: string | undefined;
  /** Further names that a mail program might use instead: fields that contradict each other, broken quoting, repetitions. */
  readonly otherNames: readonly string[];
  readonly disposition: 'attachment' | 'inline' | undefined;
  /** Bytes after decoding (in an archive: unpacked size as declared). */
  readonly size: number;
  /** Locked with a password, so that nobody could look inside. */
  readonly encrypted: boolean;
  /** An old Office document that holds macros; newer ones show them as a file inside (`vbaProject.bin`). */
  readonly hasMacros?: true;
}

export interface InspectedMessage {
  readonly headers: readonly HeaderField[];
  readonly subject: string;
  readonly from: readonly Mailbox[];
  readonly to: readonly Mailbox[];
  readonly messageId: string;
  /** All leaves and the files of the archives among them. */
  readonly parts: readonly MessagePart[];
  /** Readable text of the mail (HTML turned into text), at most `textLimit` characters. */
  readonly text: string;
  /** In order, each target and words once, at most 500. Empty unless asked for by `content`. */
  readonly links: readonly MessageLink[];
  /** Undefined where the mail has no HTML, or `content` was not asked for. */
  readonly html: HtmlFacts | undefined;
  /** The tree of media types, such as `multipart/mixed(text/plain,application/pdf)`; at most 500 characters. */
  readonly structure: string;
  /** What of the MIME structure is broken or beyond a cap, as closed words. */
  readonly anomalies: readonly MimeAnomaly[];
}

export type MimeAnomaly =
  | 'too-deep'
  | 'too-many-parts'
  | 'too-many-headers'
  | 'bad-encoding'
  | 'missing-boundary'
  | 'archive-damaged'
  | 'archive-too-large'
  | 'archive-too-deep';

export interface MessageInspector {
  /** Never throws for content; `timeout` and `failed` say that nobody knows what is inside. */
  inspect(
    raw: Uint8Array,
    options: {
      readonly textLimit: number;
      /** Look for links, and at the HTML, all through the text. */
      readonly content?: boolean;
      readonly deadlineMs: number;
    },
  ): Promise<Result<InspectedMessage, 'timeout' | 'failed'>>;
}
