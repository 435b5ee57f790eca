/** Prepares text for the tokenizer, the same way for documents and for queries, and takes words apart as it does. */

/** Keys, hashes and encoded blobs, which nobody searches for and which are different in every mail. */
const blob = /[\p{L}\p{N}]{65,}/gu;

/** Cheap to ask, and false for nearly all texts. */
const mayHoldBlob = /(?:^|\s)\S{65}/;

/** Between the parts of a mail, a word of its own (private use), so that no phrase reaches over the edge. */
const edge = ' \u{E002} ';

export const joinParts = (parts: readonly string[]): string => parts.filter((part) => part !== '').join(edge);

export const withoutBlobs = (text: string): string =>
  mayHoldBlob.test(text) ? text.replace(blob, ' ') : text;
