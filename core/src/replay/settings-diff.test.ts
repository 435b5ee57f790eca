/** Settings then and now: only what differs. */
import { expect, it } from 'vitest';
import { domainDetails } from './replay-specification.ts';
import { settingDifferences } from './settings-diff.ts';

const sentences = (...[then, now]: Parameters<typeof settingDifferences>): readonly string[] =>
  settingDifferences(then, now).map(({ sentence }) => sentence);

it('is empty for the same settings, however they are written', () => {
  const spelledOut = domainDetails({ overrides: { spf: { mode: 'score', settings: { actOn: ['fail'] } } } });
  expect(sentences(domainDetails(), spelledOut)).toEqual([]);
});

it('names checks, thresholds and entries that differ', () => {
  const entry = { action: 'block', pattern: 'x.example', authenticated: false } as const;
  const then = domainDetails({ lists: [entry, { ...entry, pattern: 'y.example', note: 'why' }] });
  const now = domainDetails({
    overrides: { spf: { mode: 'reject' }, dnsbl: { settings: { threshold: 2 } } },
    thresholds: { tag: 4, hold: 7, reject: 9 },
    lists: [
      { ...entry, pattern: 'y.example', note: 'because' },
      { ...entry, pattern: 'z.example' },
    ],
  });
  expect(sentences(then, now)).toEqual([
    'reject was 10, now 9',
    'dnsbl: threshold was 1, now 2',
    'spf: mode was score, now reject',
    'block list: x.example was on it, and no longer is',
    'block list: z.example was not on it yet',
  ]);
});

it('says nothing of a check that is off', () => {
  const off = domainDetails({ overrides: { spf: { mode: 'off' } } });
  const offDifferently = domainDetails({ overrides: { spf: { mode: 'off', weight: 9 } } });
  expect(sentences(off, offDifferently)).toEqual([]);
  expect(sentences(domainDetails(), off)).toEqual(['spf: mode was score, now off']);
});

it('names mailboxes whose own thresholds came, changed or went, and the header', () => {
  const limits = { tag: 1, hold: 2, reject: 3 };
  const then = domainDetails({
    mailboxThresholds: { 'ann@here.example': limits, 'bob@here.example': limits },
  });
  const now = domainDetails({
    mailboxThresholds: { 'ann@here.example': { ...limits, reject: 9 }, 'carol@here.example': limits },
    verdictHeader: false,
  });
  expect(settingDifferences(then, now).map(({ sentence }) => sentence)).toEqual([
    'ann@here.example: thresholds was 1, 2, 3, now 1, 2, 9',
    "bob@here.example: thresholds was 1, 2, 3, now the domain's",
    "carol@here.example: thresholds was the domain's, now 1, 2, 3",
    'verdict header was true, now false',
  ]);
});
