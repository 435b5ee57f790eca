/** An entry of a list as a form sends it, and in words. */
import { startOfDay } from '#lib/clock.ts';
import type { Inputs } from '#lib/outputs.ts';

type Input = Inputs['domains']['settings']['list'];
export type NewEntry = Omit<Input, 'domain'>;
export type EntryKey = Omit<Inputs['domains']['settings']['unlist'], 'domain'>;

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

const textIn = (form: FormData, name: string): string => {
  const value = form.get(name);
  return typeof value === 'string' ? value.trim() : '';
};

export const keyOf = (form: FormData): EntryKey => ({
  action: textIn(form, 'action') === 'allow' ? 'allow' : 'block',
  pattern: textIn(form, 'pattern'),
  ...optional('mailbox', textIn(form, 'mailbox')),
});

/** Its last day is a whole one, by the calendar of whoever writes it. */
export const entryOf = (form: FormData, zone: string): NewEntry => ({
  ...keyOf(form),
  authenticated: textIn(form, 'action') === 'allow' && textIn(form, 'authenticated') !== '',
  ...optional('expires', endOfDay(textIn(form, 'until'), zone)),
  ...optional('note', textIn(form, 'note')),
});

/** `2026-12-24`: when that day is over in the zone; empty where it is no day. */
export function endOfDay(day: string, zone: string): string {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(midnight)) return '';
  const next = new Date(midnight + dayMs);
  const wanted = dayIn(next, 'UTC');
  // Noon of the next day there is within half a day and a bit of noon in UTC.
  const somewhen = [6, 12, 18, 0, 24]
    .map((hours) => new Date(next.getTime() + hours * hourMs))
    .find((at) => dayIn(at, zone) === wanted);
  return somewhen === undefined ? '' : startOfDay(somewhen, zone).toISOString();
}

const dayIn = (at: Date, timeZone: string): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(at);

const optional = <TName extends string>(name: TName, value: string): { readonly [K in TName]?: string } =>
  (value === '' ? {} : { [name]: value }) as { readonly [K in TName]?: string };

export const entryWords = ({ action, pattern, mailbox }: EntryKey): string =>
  `${action === 'allow' ? 'Allowed' : 'Blocked'} ${pattern}${mailbox === undefined ? '' : ` for ${mailbox}`}`;
