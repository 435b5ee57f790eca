import { describe, expect, it } from 'vitest';
import { readHeader, valuesOf } from './header-fields.ts';

function read(text: string | Buffer): { fields: readonly (readonly [string, string])[]; body: string } {
  const raw = Buffer.from(text as string, 'utf8');
  const { fields, bodyStart } = readHeader(raw, 0, raw.length);
  return { fields: fields.map(({ name, value }) => [name, value]), body: raw.toString('utf8', bodyStart) };
}

describe('a header', () => {
  it('is read as written: order, case, repetition', () => {
    expect(read('Received: a\r\nRECEIVED: b\r\nX-Empty:\r\n\r\nbody')).toEqual({
      fields: [
        ['Received', 'a'],
        ['RECEIVED', 'b'],
        ['X-Empty', ''],
      ],
      body: 'body',
    });
  });

  it('is unfolded, over lines of white space too', () => {
    expect(read('A: one\r\n two\r\n \r\n\tthree\n\nbody')).toEqual({
      fields: [['A', 'one two \tthree']],
      body: 'body',
    });
  });

  it('passes over lines that are no field', () => {
    expect(read('From nobody\r\nA: 1\r\n: none\r\n\r\n').fields).toEqual([['A', '1']]);
  });

  it('keeps UTF-8, and other bytes each as a character', () => {
    expect(read('A: ä').fields).toEqual([['A', 'ä']]);
    expect(read(Buffer.from('A: \xe4', 'latin1')).fields).toEqual([['A', 'ä']]);
  });

  it('that never ends is ended by the first line that does not belong', () => {
    expect(read('A: 1\r\nnothing\r\nmore').body).toBe('nothing\r\nmore');
    expect(read('A: 1\r\nB: 2')).toMatchObject({ body: '' });
  });

  it('finds a field whatever its case and the space before its colon', () => {
    const fields = [
      { name: 'content-TYPE', value: '1' },
      { name: 'Content-Type ', value: '2' },
      { name: 'Content-Types', value: '3' },
    ];
    expect(valuesOf(fields, 'content-type')).toEqual(['1', '2']);
  });
});
