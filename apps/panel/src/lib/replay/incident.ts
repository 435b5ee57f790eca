/** What was wrong for a while, as a form asks for it. */
import { isoDay } from '#lib/clock.ts';
import { settingsOf } from '#lib/domain/compare.ts';
import type { CheckDescription, DomainCheck, Json } from '#lib/domain/domain.ts';
import type { Inputs, Outputs } from '#lib/outputs.ts';

export type Incident = Inputs['undo']['review']['incident'];
export type UndoOrder = Outputs['undo']['list']['items'][number];
export type UndoMail = Outputs['undo']['mails']['items'][number];

/** What was looked for, in what time; ISO 8601. */
export interface Asked {
  readonly incident: Incident;
  readonly since: string;
  readonly until: string;
}

/** “the check DNS block lists (zen.example)”, “the block entry x.example”, “version 7 of Learned words”. */
export function incidentWords(incident: Incident, titleOf: (check: string) => string): string {
  switch (incident.kind) {
    case 'check': {
      const { check, zone } = incident;
      return `the check ${titleOf(check)}${zone === undefined ? '' : ` (${zone})`}`;
    }
    case 'entry': {
      const { action, pattern, mailbox } = incident.entry;
      return `the ${action} entry ${pattern}${mailbox === undefined ? '' : ` for ${mailbox}`}`;
    }
    case 'model':
      return `version ${incident.version} of ${titleOf(incident.check)}`;
    default:
      return incident satisfies never;
  }
}

/** DNS lists that a check asks now; empty for a check that asks none. */
export function zonesOf(check: DomainCheck, about: CheckDescription): readonly string[] {
  const { zones } = settingsOf(check, about);
  return Array.isArray(zones) ? (zones as readonly Json[]).flatMap(zoneName) : [];
}

function zoneName(one: Json): readonly string[] {
  if (typeof one === 'string') return [one];
  const zone = typeof one === 'object' && one !== null && 'zone' in one ? one.zone : undefined;
  return typeof zone === 'string' ? [zone] : [];
}

/** `2026-11-22T14:02`, as a field for a time holds it, by the calendar of the zone. */
export function localMinute(at: Date, zone: string): string {
  const time = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' });
  return `${isoDay(at, zone)}T${time.format(at)}`;
}

/** A time of such a field, in the browser's own zone, as ISO 8601; undefined where it is none. */
export function instantOf(local: string): string | undefined {
  const at = new Date(local);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

/** Nothing of it is still to happen. */
export const isSettled = ({ finishedAt, underWay }: UndoOrder): boolean =>
  finishedAt !== undefined && underWay === 0;

/** “14 mails, 60 a minute: about 15 s.” */
export function durationWords(mails: number, rate: number): string {
  const minutes = Math.max(0, mails - 1) / Math.max(1, rate);
  if (minutes < 1) return 'less than a minute';
  if (minutes < 90) return `about ${Math.ceil(minutes)} min`;
  return `about ${Math.ceil(minutes / 60)} h`;
}
