/** Figures for people. */
const number = new Intl.NumberFormat('en-GB');

/** `12,345`. */
export const count = (value: number): string => number.format(value);

const units = ['B', 'kB', 'MB', 'GB', 'TB'];
const step = 1000;

/** `4.2 kB`; three figures at most. */
export function bytes(value: number): string {
  let rest = value;
  let unit = 0;
  while (rest >= step - 0.5 && unit < units.length - 1) {
    rest /= step;
    unit += 1;
  }
  const digits = unit === 0 || rest >= 99.95 ? 0 : 1;
  return `${rest.toFixed(digits)} ${units[unit]}`;
}

/** `37 %`; never “0 %” or “100 %” of something that is not nothing or all. */
export function share(part: number, whole: number): string {
  if (whole === 0 || part === 0) return '0 %';
  if (part >= whole) return '100 %';
  return `${Math.min(99, Math.max(1, Math.round((part / whole) * 100)))} %`;
}

/** `1 mail`, `2 mails`. */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;
