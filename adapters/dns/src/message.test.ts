/** Reading responses: whatever bytes come, there is an answer or none, and never a throw. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { askableName } from './askable-name.ts';
import { encodeQuestion, readAnswer, readHeader } from './message.ts';

/** Of any Unicode characters; the arbitrary of the library takes seconds to build. */
const anyText = fc.uint16Array({ maxLength: 60 }).map((units) => String.fromCharCode(...units));

const question = { name: 'host.example', type: 'A' } as const;

/** QR, RA, NOERROR: our own question sent back with some answers said to follow. */
function response(body: Uint8Array, answers: number): Buffer {
  const bytes = Buffer.concat([encodeQuestion(7, question, false), body]);
  bytes.writeUInt16BE(0x8180, 2);
  bytes.writeUInt16BE(answers, 6);
  return bytes;
}

describe('reading a response', () => {
  it('takes any bytes without a throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 12, maxLength: 600 }), (bytes) => {
        const read = readAnswer(Buffer.from(bytes), question);
        expect(read === undefined || typeof read.answer.status === 'string').toBe(true);
      }),
    );
  });

  it('takes any answers behind its own question without a throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat({ max: 65_535 }), (body, answers) => {
        const read = readAnswer(response(body, answers), question);
        expect(read === undefined || typeof read.answer.status === 'string').toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('has no header for less than twelve octets', () => {
    expect(readHeader(Buffer.alloc(11))).toBeUndefined();
  });

  it('says that there is no such record where nothing follows', () => {
    expect(readAnswer(response(new Uint8Array(), 0), question)).toMatchObject({
      answer: { status: 'no-data' },
    });
  });
});

describe('a name', () => {
  it('is one that DNS can be asked for, or none, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.string(), fc.stringMatching(/^[a-z0-9.-]{1,40}$/)), (text) => {
        const name = askableName(text);
        if (name === undefined) return;
        expect(askableName(name)).toBe(name);
        expect(encodeQuestion(1, { name, type: 'A' }, true).length).toBeLessThan(320);
      }),
      { numRuns: 200 },
    );
  });
});
