/** The settings of an index, as data: what is searched, filtered and sorted, and in which order hits come. */
import type { Settings } from 'meilisearch';

/** Raised with every change of the settings or of what is stored; an index of another layout has to be built anew. */
export const layout = 1;

/** Fields of a mail that are headers or envelope, and its whole text. */
export const headerFields = ['subject', 'from', 'sender', 'recipients', 'attachmentNames'];
const textFields = [...headerFields, 'body'];

/** Counting ends here; a list has no end, because its pages begin at a place and not at a number. */
export const maxCount = 20_000;

export const settings: Settings = {
  searchableAttributes: textFields,
  filterableAttributes: [
    'kind',
    'account',
    'domain',
    'received',
    'tie',
    'reason',
    'checks',
    'senderParts',
    'recipientParts',
  ],
  sortableAttributes: ['received', 'tie'],
  displayedAttributes: ['*'],
  // Newest first, always: a mail that matches better is not before one that is newer.
  rankingRules: ['sort'],
  typoTolerance: { enabled: true, minWordSizeForTypos: { oneTypo: 5, twoTypos: 255 } },
  // Meilisearch separates at most punctuation by itself, but not at these: "<a@b.test>" would begin with "<a".
  separatorTokens: ['<', '>', '+', '=', '|', '~', '$', '^', '`', '\t'],
  pagination: { maxTotalHits: maxCount },
  faceting: { maxValuesPerFacet: 200, sortFacetValuesBy: { '*': 'count' } },
};

export const newestFirst = ['received:desc', 'tie:desc'];
