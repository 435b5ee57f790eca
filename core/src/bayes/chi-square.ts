/** The tail of the chi-square distribution, as far as Fisher's method needs it. */

/**
 * Natural logarithm of the probability that chi-square with `2 * pairs` degrees of freedom is above `2 * half`; exact for even
 * degrees (Abramowitz and Stegun, 26.4.21). 0 for no pairs.
 */
export function logChiSquareTail(half: number, pairs: number): number {
  if (pairs === 0 || half <= 0) return 0;
  // The largest terms of the sum are at its end where `half` is large: carried relative to the last one seen, it cannot overflow.
  let scale = -half;
  let sum = 1;
  let term = 1;
  for (let at = 1; at < pairs; at++) {
    term *= half / at;
    sum += term;
    if (sum > 1e250) {
      scale += Math.log(sum);
      term /= sum;
      sum = 1;
    }
  }
  return Math.min(0, scale + Math.log(sum));
}
