/** An entry of a list as a form sends it, and in words. */
import { startOfDay } from '#lib/clock.ts';
import type { Inputs } from '#lib/outputs.ts';

type Input = Inputs['domains']['settings']['list'];
export type NewEntry = Omit<Input, 'domain'>;
export type EntryKey = Omit<Inputs['domains']['settings']['unlist'], 'domain'>;

const dayMs = 24 * 3_600_000;

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
  const noon = Date.parse(`${day}T12:00:00Z`);
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(noon)) return '';
  // Noon of the next day in UTC is in no zone of the world the day after that one, but at the very edges.
  return startOfDay(new Date(noon + dayMs), zone).toISOString();
}

const optional = <TName extends string>(name: TName, value: string): { readonly [K in TName]?: string } =>
  (value === '' ? {} : { [name]: value }) as { readonly [K in TName]?: string };

export const entryWords = ({ action, pattern, mailbox }: EntryKey): string =>
  `${action === 'allow' ? 'Allowed' : 'Blocked'} ${pattern}${mailbox === undefined ? '' : ` for ${mailbox}`}`;
