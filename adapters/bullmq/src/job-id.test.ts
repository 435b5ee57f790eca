/** Any text can be the id of a job. */
import { describe, expect, it } from 'vitest';
import { fromStoredId, toStoredId } from './job-id.ts';

describe('the id of a job', () => {
  it('comes back as it was, whatever it is', () => {
    for (const id of ['release:mail@example.org', '100%', '%3A', '%253A', '17', '', 'ü:ß', '0190b1c4-77aa']) {
      expect(fromStoredId(toStoredId(id))).toBe(id);
    }
  });

  it('is stored without colons, and never as an integer or a name of BullMQ’s own', () => {
    expect(toStoredId('a:b:c')).toBe('job-a%3Ab%3Ac');
    expect(toStoredId('42')).toBe('job-42');
    expect(toStoredId('delayed')).toBe('job-delayed');
  });

  it('stays different from every other id', () => {
    const ids = ['a:b', 'a%3Ab', 'a%3ab', 'a%253Ab', '42', '%342'];
    expect(new Set(ids.map(toStoredId)).size).toBe(ids.length);
  });
});
