/** A domain and its checks, as the api tells of them. */
import type { Outputs } from '#lib/outputs.ts';

export type Domain = Outputs['domains']['show'];
export type DomainCheck = Domain['checks'][number];
export type Mode = DomainCheck['mode'];
export type PresetName = Domain['preset'];
export type Thresholds = Domain['thresholds'];
export type MailboxThresholds = Domain['mailboxThresholds'][number];
export type CheckDescription = Outputs['checks']['list']['items'][number];
export type Phase = CheckDescription['phase'];
export type ListEntry = Outputs['domains']['lists']['items'][number];
export type TestedHost = Outputs['domains']['testRoute']['items'][number];
export type Json = string | number | boolean | null | readonly Json[] | Settings;
export interface Settings {
  readonly [name: string]: Json;
}

/** A domain without what only single pages of it need. */
export type DomainSummary = Omit<Domain, 'checks' | 'lists'> & {
  readonly listed: number;
};

export const pathOf = (name: string): string => `/domains/${encodeURIComponent(name)}`;
