/** Port: mails that lie in files, as an archive of many years keeps them. */

/** What was found, one after the other. Names are for people: a path, and what of an archive or mailbox file it is. */
export type FoundFile =
  | {
      readonly kind: 'mail';
      readonly name: string;
      /** As it lies there, without what the archive put around it. */
      readonly raw: Uint8Array;
      /** Milliseconds since 1970. */
      readonly modifiedAt: number;
    }
  /** `why`: a clause for people, such as “it is no mail”. */
  | { readonly kind: 'bad'; readonly name: string; readonly why: string }
  /** By its name and its first bytes something else, which is passed over. */
  | { readonly kind: 'other'; readonly name: string };
