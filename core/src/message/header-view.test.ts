/** The header as far as counting needs it. */
import { describe, expect, it } from 'vitest';
import { readHeader } from './header-view.ts';

const read = (text: string) => readHeader(Buffer.from(text));

describe('header view', () => {
  it('counts fields of the header only, whatever their case', () => {
    expect(read('received: x\r\nReceived: y\r\n\r\nReceived: body\r\n').fields.get('received')).toEqual([
      'x',
      'y',
    ]);
  });
  it('unfolds', () => {
    expect(read('Subject: a\r\n\tb\r\n\r\n').fields.get('subject')).toEqual(['a \tb'.replace('\t', '')]);
  });
  it('finds the body behind any kind of line end', () => {
    for (const text of ['A: b\r\n\r\nbody', 'A: b\n\nbody', 'A: b\r\n\nbody']) {
      expect(Buffer.from(text).subarray(read(text).bodyStart).toString()).toBe('body');
    }
  });
  it('takes a mail without a body, and one without a header', () => {
    expect(read('A: b').bodyStart).toBe(4);
    expect(read('\r\nbody').bodyStart).toBe(2);
  });
});
