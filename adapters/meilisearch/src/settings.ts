/** The settings of an index, as data: what is searched, filtered and sorted, and in which order hits come. */
import type { Settings } from 'meilisearch';

/** Raised with every change of the settings or of what is stored; an index of another layout is begun anew. */
export const layout = 2;

/** Fields of a mail that are headers or envelope, and its whole text. */
export const headerFields = ['subject', 'from', 'sender', 'recipients', 'attachmentNames'];
export const textFields = [...headerFields, 'body'];

/** Counting ends here; a list has no end, because its pages begin at a place and not at a number. */
export const maxCount = 20_000;

/**
 * Stands around signs that Meilisearch takes for letters and behind separators (`searchable`). It comes from no mail, and is
 * the same when it is decomposed: Meilisearch looks for a separator in the text as it is, and then once more decomposed.
 */
export const cut = '\u{E002}';

/**
 * Meilisearch separates at most punctuation by itself, but not at symbols: "<a@b.test>" would begin with "<a". Those seen
 * often, each its own decomposition; the others get a `cut`, which costs a place in a phrase.
 */
export const symbols = '€£¥¢°©®×→►▶✓✔★\u{AD}\u{200B}\u{200C}\u{200D}\u{2060}';

/**
 * At these Meilisearch puts eight places between two words, and no phrase goes over them. A longer separator wins over a
 * shorter one and is never a hard one, so each of them gets a `cut` behind it (`searchable`), and the two are one separator.
 * (`. ` and `, ` are hard, too; without them `.` and `,` remain, which are not.)
 */
export const hardSeparators = '!:;?¡§¶¿…‥‼‽⁇⁈⁉※،؛؟۔।॥։、。！，．：；？｡､';

const softened = hardSeparators.split('').map((one) => one + cut);

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
  separatorTokens: [
    ...'<>+=|~$^`'.split(''),
    ...symbols.split(''),
    ...new Set([...softened, ...softened.map((one) => one.normalize('NFKD'))]),
    cut,
  ],
  nonSeparatorTokens: ['. ', ', '],
  // One language for all: a guess from a mail and one from a query of a word or two differ, and so would their words.
  // This one leaves the letters of all others alone (its words are told apart by `spaceOut`).
  localizedAttributes: [{ attributePatterns: ['*'], locales: ['cmn'] }],
  // What is not sorted when this is over comes in any order (by default after 1.5 s); less than an answer may take.
  searchCutoffMs: 8_000,
  pagination: { maxTotalHits: maxCount },
  faceting: { maxValuesPerFacet: 200, sortFacetValuesBy: { '*': 'count' } },
};

export const newestFirst = ['received:desc', 'tie:desc'];
