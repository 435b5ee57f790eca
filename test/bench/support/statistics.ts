/** What benches say of several measurements. */

/** The upper one of the two in the middle; NaN of none. */
export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** The value below which this share of them lies; NaN of none. */
export const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ??
  Number.NaN;
