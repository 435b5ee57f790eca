/** Check 17: whether the client may send for the domain of the envelope sender (RFC 7208). */
import { z } from 'zod';
import { matchesIp } from '../policy/pattern.ts';
import type { SpfObservation, SpfResult } from '../ports/mail-authenticator.ts';
import { defineCheck, observed } from './check.ts';
import { patternOf } from './lists.ts';
import { networkPattern } from './patterns.ts';

const failures = ['fail', 'softfail', 'permerror'] as const;
type SpfFailure = (typeof failures)[number];

export const spf = defineCheck({
  number: 17,
  name: 'spf',
  phase: 'mail',
  standing: 'ordinary',
  asksNow: true,
  title: 'SPF',
  help: 'Asks the domain of the envelope sender which servers may send for it. Forwarded mail fails SPF by nature, so name the servers that forward to you.',
  modes: ['off', 'observe', 'score', 'reject', 'defer'],
  settings: z.object({
    actOn: z
      .array(z.enum(failures))
      .default(['fail'])
      .describe('Results that count as failure: fail, softfail, permerror (a broken record)'),
    trustedForwarders: z
      .array(networkPattern)
      .max(1000)
      .default([])
      .describe('Addresses and networks of servers that forward mail to you: SPF is not held against them'),
  }),
  presets: {
    relaxed: { mode: 'score', weight: 2 },
    balanced: { mode: 'score', weight: 4 },
    strict: { mode: 'reject' },
  },
  reasons: {
    // RFC 7372 §3.2
    'spf-fail': {
      title: 'SPF fails',
      code: 550,
      enhanced: '5.7.23',
      text: 'Refused: the domain of the sender does not permit your server to send for it (SPF)',
    },
    'spf-broken': {
      title: 'SPF record broken',
      code: 550,
      enhanced: '5.7.24',
      text: 'Refused: the SPF record of the sender cannot be understood',
    },
  },
  async gather({ observed: mail, clientIsPrivate }) {
    if (clientIsPrivate) return { status: 'skipped', why: 'private-client' };
    const observation = await mail.spf();
    return observation.result === 'temperror'
      ? {
          status: 'error',
          message: `DNS did not answer for the SPF record of ${observation.domain}${comment(observation)}`,
        }
      : observed(shortened(observation));
  },
  judge(fact: SpfObservation, { actOn, trustedForwarders }, { envelope }) {
    const sentence = `${words[fact.result](envelope.ip, fact.domain)}${comment(fact)}${recordOf(fact)}.`;
    if (fact.result === 'pass') return { result: 'pass', sentence };
    if (!isFailure(fact.result)) return { result: 'none', sentence };
    const forwarder = trustedForwarders.find((text) => {
      const pattern = patternOf(text);
      return pattern !== undefined && matchesIp(pattern, envelope.ip);
    });
    if (forwarder !== undefined) {
      return { result: 'none', sentence: `${sentence} It came through the trusted forwarder ${forwarder}.` };
    }
    if (!actOn.includes(fact.result)) {
      return { result: 'none', sentence: `${sentence} The result ${fact.result} does not count here.` };
    }
    const reason = fact.result === 'permerror' ? 'spf-broken' : 'spf-fail';
    return { result: 'fail', reason, sentence, sources: [fact.result] };
  },
});

const isFailure = (result: SpfResult): result is SpfFailure =>
  (failures as readonly SpfResult[]).includes(result);

/** Longest record that is kept: enough to see what it says, and less than a decision may hold. */
const maxRecord = 300;

const shortened = (fact: SpfObservation): SpfObservation =>
  fact.record === undefined || fact.record.length <= maxRecord
    ? fact
    : { ...fact, record: `${fact.record.slice(0, maxRecord)}…` };

/** “: v=spf1 mx -all” */
const recordOf = ({ record }: SpfObservation): string =>
  record === undefined || record === '' ? '' : `: ${record.replace(/\.$/, '')}`;

const comment = (fact: SpfObservation): string =>
  fact.comment === undefined || fact.comment === '' ? '' : ` (${fact.comment})`;

const words: Readonly<Record<SpfResult, (ip: string, domain: string) => string>> = {
  none: (_ip, domain) => `${domain} publishes no SPF record`,
  neutral: (ip, domain) => `${domain} says nothing of ${ip} in its SPF record`,
  pass: (ip, domain) => `${domain} permits ${ip} to send for it`,
  fail: (ip, domain) => `${domain} does not permit ${ip} to send for it`,
  softfail: (ip, domain) => `${domain} probably does not permit ${ip} to send for it`,
  temperror: (_ip, domain) => `DNS did not answer for the SPF record of ${domain}`,
  permerror: (_ip, domain) => `The SPF record of ${domain} cannot be understood`,
};
