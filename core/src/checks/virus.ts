/** Check 38: what the virus scanner says; it stands above every list. */
import { z } from 'zod';
import type { ScanResult } from '../ports/virus-scanner.ts';
import { defineCheck, observed } from './check.ts';

/** Who may release or download a mail in which a virus was found; the operator always may. */
export const releasers = ['nobody', 'owner', 'admin', 'everybody'] as const;
export type Releaser = (typeof releasers)[number];

export const virusSettings = z.object({
  release: z
    .enum(releasers)
    .default('admin')
    .describe(
      'Who may release or download a mail in which a virus was found: nobody: only the operator; owner: owners of the account; admin: owners and admins; everybody: all who may release mail',
    ),
});

type VirusFact = Exclude<ScanResult, { status: 'error' }>;

export const virus = defineCheck({
  number: 38,
  name: 'virus',
  phase: 'data',
  standing: 'safety',
  title: 'Viruses',
  help: 'Has every mail scanned for malicious software. No allow list lets an infected mail through; while the scanner is out of order, senders are asked to come again.',
  modes: ['off', 'observe', 'reject', 'defer'],
  settings: virusSettings,
  guarded: { release: 'change-guarded-settings' },
  presets: {
    relaxed: { mode: 'reject', onError: 'defer' },
    balanced: { mode: 'reject', onError: 'defer' },
    strict: { mode: 'reject', onError: 'defer' },
  },
  reasons: {
    'virus-found': {
      title: 'Virus found',
      code: 554,
      enhanced: '5.7.1',
      text: 'Refused: the message holds malicious software',
    },
  },
  async gather({ observed: mail }) {
    const scan = await mail.scan();
    if (scan === undefined) return { status: 'not-configured' };
    return scan.status === 'error' ? { status: 'error', message: scan.message } : observed(scan);
  },
  judge(fact: VirusFact) {
    return fact.status === 'infected'
      ? {
          result: 'fail',
          reason: 'virus-found',
          sentence: `${fact.engine} found ${fact.signature} in the mail.`,
        }
      : { result: 'pass', sentence: `${fact.engine} found nothing.` };
  },
});
