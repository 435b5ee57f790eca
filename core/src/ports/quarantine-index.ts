/** Port: full-text search over refused and held mail, always within one tenant scope. */
import type { TenantScope } from '../kernel/tenant-scope.ts';

/** One quarantined mail as it is indexed. Text is hostile: never interpreted, only matched. */
export interface QuarantineDocument {
  readonly mailId: string;
  readonly accountId: string;
  readonly domainId: string;
  /** ISO 8601 UTC, by the edge's clock: order of the list, newest first. */
  readonly receivedAt: string;
  readonly verdict: 'reject' | 'hold';
  /** Closed reason code, e.g. `spf-fail`. */
  readonly reason: string;
  /** Names of the checks that counted against the mail. */
  readonly checks: readonly string[];
  /** Envelope sender, '' for `<>`. */
  readonly sender: string;
  readonly recipients: readonly string[];
  /** The From header as text. */
  readonly from: string;
  readonly subject: string;
  readonly attachmentNames: readonly string[];
  /** Text of the body, at most `maxBodyCharacters`. */
  readonly body: string;
  /** Bytes of the mail as received. */
  readonly size: number;
}

export const maxBodyCharacters = 32_768;

export interface QuarantineQuery {
  /**
   * Words, all of which must occur; `"a phrase"`; `-word` excludes; `word*` is a prefix, and so is the last word while no
   * space follows. Empty: no text condition. Where nothing is found, words of five letters and more that are not in quotes
   * may be one letter off, but for the first.
   */
  readonly text?: string;
  /**
   * Where the text is looked for, and excerpts are cut from: everywhere (the default), or in addresses, From, subject and
   * names of attachments only. Who may not read mails must not learn by searching what is in them.
   */
  readonly fields?: 'all' | 'headers';
  readonly domainId?: string;
  /** ISO 8601; included. */
  readonly since?: string;
  /** ISO 8601; not included. */
  readonly until?: string;
  readonly reason?: string;
  readonly check?: string;
  /** A whole address or a part of it, case-insensitive. */
  readonly sender?: string;
  readonly recipient?: string;
  /** 1 to 200; default 50. */
  readonly limit?: number;
  /** `next` of the page before. */
  readonly cursor?: string;
}

export interface QuarantineHit {
  readonly mailId: string;
  readonly accountId: string;
  readonly domainId: string;
  readonly receivedAt: string;
  readonly verdict: 'reject' | 'hold';
  readonly reason: string;
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly from: string;
  readonly subject: string;
  readonly size: number;
  /** Part of the text around the first match with matches between U+E000 and U+E001; '' without text condition. */
  readonly excerpt: string;
}

export interface QuarantinePage {
  /** Newest first; a page of the same cursor is stable while new mail arrives. */
  readonly items: readonly QuarantineHit[];
  readonly next?: string;
}

export interface FacetCount {
  readonly value: string;
  readonly count: number;
}

/** What the mails of a query can be narrowed to, the most frequent first. */
export interface QuarantineFacets {
  readonly reasons: readonly FacetCount[];
  /** One mail can count for several. */
  readonly checks: readonly FacetCount[];
  /** Whether all mails of the query were counted; else only its newest, thousands of them. */
  readonly isComplete: boolean;
}

/** The writing side: one writer, idempotent upserts, progress stored with the data. */
export interface QuarantineIndexWriter {
  /** Upserts documents, removes ids, and stores the projection's checkpoint, all or nothing. */
  write(change: {
    readonly upsert: readonly QuarantineDocument[];
    readonly remove: readonly string[];
    /** Position up to which the index is complete, decimal string. */
    readonly checkpoint: string;
  }): Promise<void>;
  /** The last checkpoint written; undefined for a new index. */
  checkpoint(): Promise<string | undefined>;
  close(): Promise<void>;
}

/** The reading side. */
export interface QuarantineIndex {
  search(scope: TenantScope, query: QuarantineQuery): Promise<QuarantinePage>;
  /** Number of matches, counted up to `limit`. */
  count(scope: TenantScope, query: QuarantineQuery, limit: number): Promise<number>;
  /** Counts over all pages: limit and cursor do not matter. */
  facets(scope: TenantScope, query: QuarantineQuery): Promise<QuarantineFacets>;
  /** The checkpoint a reader sees now. */
  checkpoint(): Promise<string | undefined>;
  close(): Promise<void>;
}

/**
 * What keeps an index: opens the current one, and builds a new one beside it which `swap` makes the current one at once;
 * readers that were open move over by themselves at their next query.
 */
export interface QuarantineIndexes {
  openWriter(): Promise<QuarantineIndexWriter>;
  openReader(): Promise<QuarantineIndex>;
  /** A new, empty index beside the current one. */
  startRebuild(): Promise<{
    readonly writer: QuarantineIndexWriter;
    /** Closes the new writer, makes the new index the current one and removes the old. */
    swap(): Promise<void>;
    abandon(): Promise<void>;
  }>;
}
