/** What of a mail's structure speaks against it. */
import { describe, expect, it } from 'vitest';
import type { MessagePart } from '../ports/message-inspector.ts';
import { concluded, gathered } from './check-specification.ts';
import { mimeAnomaly } from './mime-anomaly.ts';

const part = (path: string, size = 100, some: Partial<MessagePart> = {}): MessagePart => ({
  path,
  type: '',
  sniffedType: undefined,
  name: undefined,
  otherNames: [],
  disposition: undefined,
  size,
  encrypted: false,
  ...some,
});

describe('mime-anomaly', () => {
  it('records what was seen, in few words', async () => {
    const message = {
      parts: [part('1'), part('2', 10), part('2/0', 500)],
      structure: 'multipart/mixed(a/b,a/c)',
    };
    expect(await gathered(mimeAnomaly, { message })).toEqual({
      status: 'observed',
      fact: { parts: 3, depth: 1, ratio: 50 },
    });
  });

  it('passes an ordinary mail', async () => {
    expect(await concluded(mimeAnomaly, { message: { parts: [part('1')] } })).toMatchObject({
      result: 'pass',
    });
  });

  it('fails archives that grow beyond measure', async () => {
    const message = { parts: [part('2', 1000), part('2/0', 600_000), part('2/0/1', 600_000)] };
    expect(await concluded(mimeAnomaly, { message })).toEqual({
      result: 'fail',
      reason: 'mime-bomb',
      sentence: 'An archive is 1200 times larger when unpacked, more than 200.',
    });
  });

  it('fails too many parts, and too many levels of them', async () => {
    const many = { parts: Array.from({ length: 600 }, (_, at) => part(`${at}`)) };
    expect(await concluded(mimeAnomaly, { message: many })).toMatchObject({ reason: 'mime-bomb' });
    const deep = { parts: [part('1.1.1.1.1.1.1.1.1.1.1.1.1')] };
    expect(await concluded(mimeAnomaly, { message: deep })).toMatchObject({ reason: 'mime-bomb' });
  });

  it('fails the anomalies that the settings name', async () => {
    const message = { anomalies: ['missing-boundary'] as const };
    expect(await concluded(mimeAnomaly, { message })).toMatchObject({ result: 'pass' });
    const settings = { anomalies: ['missing-boundary'] };
    expect(await concluded(mimeAnomaly, { message, settings })).toEqual({
      result: 'fail',
      reason: 'mime-broken',
      sentence: 'The mail is not built as it should be: parts that are not set off as it says.',
    });
  });

  it('fails locked archives where that is wished', async () => {
    const message = { parts: [part('2', 10, { name: 'a.zip', encrypted: true })] };
    expect(await concluded(mimeAnomaly, { message })).toMatchObject({ result: 'pass' });
    const settings = { lockedArchives: true };
    expect(await concluded(mimeAnomaly, { message, settings })).toMatchObject({ reason: 'archive-locked' });
  });
});
