/** A verdict in one sentence, for a recipient and for the whole mail. */
import { describe, expect, it } from 'vitest';
import { mailSentence, replyText, verdictSentence } from './explain.ts';
import type { Finding, Judgement, RecipientJudgement } from './verdict.ts';

const thresholds = { tag: 4, hold: 7, reject: 10 };
const listed: Finding = {
  check: 'sender-list',
  result: 'fail',
  mode: 'reject',
  score: 0,
  sentence: 'a@b.example is on a list.',
  decisive: true,
};
const recipient = (changes: Partial<RecipientJudgement>): RecipientJudgement => ({
  recipient: 'bob@example.org',
  verdict: 'accept',
  reason: 'clean',
  score: 0,
  findings: [],
  ...changes,
});
const judgement = (...recipients: readonly RecipientJudgement[]): Judgement => ({
  verdict: 'reject',
  reason: 'sender-listed',
  score: 0,
  recipients,
});

describe('the sentence of a mail', () => {
  it('is that of a recipient for whom it came to the same', () => {
    const judged = judgement(
      recipient({}),
      recipient({ verdict: 'reject', reason: 'sender-listed', findings: [listed] }),
    );
    expect(mailSentence(judged, judged, { thresholds })).toBe('Refused: a@b.example is on a list.');
    expect(mailSentence({ verdict: 'accept', reason: 'clean' }, judged, { thresholds })).toBe(
      'Accepted: nothing counted against it.',
    );
  });

  it('names the reason where judging again comes to something else', () => {
    const recorded = { verdict: 'hold', reason: 'split-verdict' } as const;
    expect(mailSentence(recorded, judgement(recipient({})), { thresholds })).toBe(
      'Held in the quarantine: Not every mailbox takes it.',
    );
  });
});

it('says of a mail that others take what there was against it here', () => {
  const points: Finding = { check: 'dkim', result: 'fail', mode: 'score', score: 5, sentence: '' };
  const held = { verdict: 'hold', reason: 'split-verdict', score: 5 } as const;
  expect(verdictSentence(recipient({ ...held, findings: [points] }), { tag: 1, hold: 2, reject: 3 })).toBe(
    'Held in the quarantine: the mail went to several mailboxes, and not all of them take it; 5 points (DKIM signatures 5); mail is marked from 1, held from 2 and refused from 3 points.',
  );
});

describe('what the sender was told', () => {
  it('of a held mail is that it was accepted', () => {
    expect(replyText('score-hold', 'hold', 'ID')).toBe('250 2.0.0 Accepted (id ID)');
  });

  it('is what the edge answers, whatever the reason is published with', () => {
    expect(replyText('spf-fail', 'reject', 'ID')).toMatch(/^550 5\.7\.23 Refused: .+ \(id ID\)$/);
    expect(replyText('virus-found', 'defer', 'ID')).toBe('451 4.7.1 Not taken now; try again later (id ID)');
  });

  it('is not made up where the reason belongs to a check that is not installed', () => {
    expect(replyText('from-elsewhere', 'reject', 'ID')).toBe(
      'a refusal (5xx) in the words of a check that is not installed here (id ID)',
    );
  });
});

describe('the sentence of an imported mail', () => {
  const imported = (otherwise: 'accept' | 'tag' | 'defer', findings: readonly Finding[], score = 0) =>
    verdictSentence(
      recipient({ verdict: 'hold', reason: 'imported', otherwise, findings, score }),
      thresholds,
    );

  it('says that nothing was found', () => {
    expect(imported('accept', [])).toBe('Imported from an archive; the checks found nothing against it.');
  });

  it('says what it would have been, and why', () => {
    const points: Finding = {
      check: 'dkim',
      result: 'fail',
      mode: 'score',
      score: 5,
      sentence: 'It failed.',
    };
    expect(imported('tag', [points], 5)).toBe(
      'Imported from an archive; it would have been accepted and marked: 5 points (DKIM signatures 5); mail is marked from 4, held from 7 and refused from 10 points.',
    );
    expect(imported('defer', [listed])).toBe(
      'Imported from an archive; it would have been put off: a@b.example is on a list.',
    );
  });
});
