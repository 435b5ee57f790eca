/** Splitting of mailboxes: whatever mails were put into one come out of it, however it is cut into chunks. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMboxSplitter, startsWithFromLine, withoutFromLine } from './mbox.ts';

const fromLine = 'From alice@sender.example Sun Nov 22 11:28:03 2026';

/** As a writer of mboxrd does it. */
const mboxOf = (mails: readonly string[], end = '\n'): string =>
  mails.map((mail) => `${fromLine}${end}${mail.replace(/(^|\n)(>*From )/g, '$1>$2')}${end}`).join('');

function split(mbox: string, cuts: readonly number[] = [], maxBytes = 1_000_000): (string | undefined)[] {
  const bytes = Buffer.from(mbox, 'latin1');
  const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].toSorted(
    (a, b) => a - b,
  );
  const splitter = createMboxSplitter(maxBytes);
  const mails = places.flatMap((start, index) => splitter.push(bytes.subarray(start, places[index + 1])));
  return [...mails, ...splitter.end()].map((mail) => mail?.toString('latin1'));
}

const line = fc.oneof(
  fc.constantFrom(
    '',
    'From ',
    '>From here',
    '>>From',
    fromLine,
    `>${fromLine}`,
    'From: a@b',
    'Subject: x',
    '\r',
  ),
  fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) }),
);
const anyMail = fc
  .array(line, { minLength: 1, maxLength: 8 })
  .map((lines) => `${lines.map((one) => one.replaceAll('\n', '')).join('\n')}\n`);
const anyCuts = fc.array(fc.nat(), { maxLength: 10 });

describe('an mbox', () => {
  it('gives back the mails that were put into it, From_ lines in them included, in chunks of any size', () => {
    fc.assert(
      fc.property(fc.array(anyMail, { minLength: 1, maxLength: 5 }), anyCuts, (mails, cuts) => {
        expect(split(mboxOf(mails), cuts)).toEqual(mails);
      }),
      { numRuns: 1_000 },
    );
  });

  it('gives the same for every way of cutting it, whatever it holds', () => {
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 12 }),
        anyCuts,
        fc.integer({ min: 1, max: 200 }),
        (lines, cuts, max) => {
          const mbox = `${fromLine}\n${lines.join('\n')}`;
          expect(split(mbox, cuts, max)).toEqual(split(mbox, [], max));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('may have CRLF at its line ends', () => {
    const mails = ['Subject: a\r\n\r\nHello\r\n', 'Subject: b\r\n\r\n'];
    expect(split(mboxOf(mails, '\r\n'))).toEqual(mails);
  });

  it('is not cut at a line of text that begins with From', () => {
    const mail = 'Subject: a\n\nFrom the desk of Bob\n\nFrom Monday on we meet at 10:30.\n';
    expect(split(`${fromLine}\n${mail}\n`)).toEqual([mail]);
  });

  it('is not cut where no empty line stands before', () => {
    const mail = `Subject: a\n\nHe wrote:\n${fromLine}\nHello\n`;
    expect(split(`${fromLine}\n${mail}\n`)).toEqual([mail]);
  });

  it('holds a mail that is too large, between others that are not', () => {
    const large = `Subject: large\n\n${'x'.repeat(70)}\n`.repeat(200);
    const mbox = mboxOf(['Subject: a\n\n', large, 'Subject: b\n\n']);
    for (const cuts of [[], Array.from({ length: 100 }, (_, index) => index * 150)]) {
      expect(split(mbox, cuts, 1_000)).toEqual(['Subject: a\n\n', undefined, 'Subject: b\n\n']);
    }
  });
});

describe('a From_ line', () => {
  it.each([
    [fromLine, true],
    ['From - Sat Sep  7 00:00:00 2002', true],
    ['From a@b.example  Thu Aug 22 12:36:23 2002 +0100', true],
    ['From a@b.example Thu, 22 Aug 2002 12:36:23 +0100', true],
    ['From: a@b.example', false],
    ['From the desk of Bob', false],
    ['Received: from x', false],
  ])('%s', (text, isOne) => {
    expect(startsWithFromLine(Buffer.from(`${text}\nSubject: x\n`))).toBe(isOne);
  });

  it('is taken off one mail, but not for a header field in the old style', () => {
    expect(withoutFromLine(Buffer.from('From bob\nSubject: x\n')).toString()).toBe('Subject: x\n');
    expect(withoutFromLine(Buffer.from('From : bob\nSubject: x\n')).toString()).toBe(
      'From : bob\nSubject: x\n',
    );
  });
});
