/** Port: which imported mails the intake has taken, so that none is imported twice. */

export interface HandedIn {
  has(mailId: string): boolean;
  /** Durable on return. Adding one again is harmless. */
  add(mailIds: readonly string[]): void;
  close(): void;
}
