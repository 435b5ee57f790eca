/** How another filter's opinion counts. */
import { describe, expect, it } from 'vitest';
import type { EngineAnswer } from '../ports/external-engine.ts';
import { concluded, gathered } from './check-specification.ts';
import { externalEngine } from './external-engine.ts';

const answer = (score: number): EngineAnswer => ({
  status: 'answered',
  score,
  required: 15,
  action: 'reject',
  symbols: [
    { name: 'BAYES_SPAM', score: 5.1 },
    { name: 'GTUBE', score: 0 },
  ],
});
const judgeScore = (score: number, settings: object = {}) =>
  concluded(externalEngine, { engine: answer(score), settings });

describe('external-engine', () => {
  it('is not made where there is no engine, and an error where it fails', async () => {
    expect(await gathered(externalEngine)).toEqual({ status: 'not-configured' });
    const engine: EngineAnswer = { status: 'error', message: 'no answer' };
    expect(await gathered(externalEngine, { engine })).toEqual(engine);
  });

  it('passes below what the engine itself refuses, and fails from there on', async () => {
    expect(await judgeScore(14.9)).toMatchObject({ result: 'pass' });
    expect(await judgeScore(15)).toEqual({
      result: 'fail',
      reason: 'engine-spam',
      score: 7.5,
      sentence: 'The engine gives 15 points (BAYES_SPAM 5.1, GTUBE), 15 are enough.',
    });
  });

  it('fails from the threshold of the settings, with points up to their limit', async () => {
    expect(await judgeScore(6, { threshold: 6, scale: 1 })).toMatchObject({ result: 'fail', score: 6 });
    expect(await judgeScore(900, { scale: 1, maxPoints: 8 })).toMatchObject({ score: 8 });
  });

  it.each([
    'http://127.0.0.1:11333',
    'spamd://localhost',
    'https://10.0.0.1',
    'ftp://a.example',
    'http://u@a.example',
  ])('does not take %s for an engine of a customer', (url) => {
    expect(externalEngine.settings.safeParse({ url }).success).toBe(false);
  });

  it('takes an address that is public by its text', () => {
    expect(externalEngine.settings.safeParse({ url: 'https://rspamd.example.org:11333/' }).success).toBe(
      true,
    );
  });
});
