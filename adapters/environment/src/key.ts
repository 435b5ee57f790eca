/** What is told of one configuration key. */

export interface Key {
  /** Environment variable. */
  readonly name: `SLUICE_${string}`;
  readonly help: string;
  /** As text, or what stands in where it is not set. */
  readonly fallback: string;
  /** Never printed. */
  readonly secret?: boolean;
}
