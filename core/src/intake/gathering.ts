/** When the bodies that have come so far become a pack: rarely enough for packs worth having, soon enough for people. */

export const gathering = {
  /** A pack is closed at this size. */
  maxBytes: 1024 * 1024,
  /** No body waits longer for others, in ms. */
  maxWaitMs: 1_000,
  /** Mails that make a pack worth having: at the rate they come, the wait is for so many. */
  wantedMails: 16,
  /** Up to so many mails in a second nobody waits: a pack for each costs less than their waiting. */
  quietRate: 2,
} as const;

/** How long the first body of a pack waits for others, in ms, at a rate of mails in the last second. */
export function gatheringMs(mailsPerSecond: number): number {
  if (mailsPerSecond <= gathering.quietRate) return 0;
  return Math.min(gathering.maxWaitMs, (gathering.wantedMails * 1_000) / mailsPerSecond);
}
