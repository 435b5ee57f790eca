/** The summary of a mail: small, tidy, and read from the header only where that is all there is to read. */
import { describe, expect, it } from 'vitest';
import type { InspectedMessage } from '../ports/message-inspector.ts';
import { readHeader } from '../message/header-view.ts';
import { summarize, summarizePlain } from './summary.ts';

const plain = (text: string) => {
  const raw = Buffer.from(text);
  return summarizePlain(readHeader(raw), raw);
};

describe('a plain mail', () => {
  it('is summarized without a parser', () => {
    const text =
      'From: "Ann" <ann@example.org>\r\nSUBJECT: Lunch\r\n at noon\r\nMessage-Id: <1@example.org>\r\n' +
      'Content-Type: text/plain; charset="UTF-8"\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGrüße,\r\n\r\n  Ann\r\n';
    expect(plain(text)).toEqual({
      subject: 'Lunch at noon',
      from: 'Ann <ann@example.org>',
      messageId: '<1@example.org>',
      attachmentNames: [],
      excerpt: 'Grüße, Ann',
    });
  });

  it.each([
    ['an encoded word', 'Subject: =?utf-8?q?x?=\r\n\r\n'],
    ['MIME structure', 'Content-Type: multipart/mixed; boundary=b\r\n\r\n'],
    ['HTML', 'Content-Type: text/html\r\n\r\n'],
    ['an encoding', 'Content-Transfer-Encoding: base64\r\n\r\n'],
    ['another character set', 'Content-Type: text/plain; charset=iso-8859-1\r\n\r\n'],
    ['a file name', 'Content-Type: text/plain; name=x.exe\r\n\r\n'],
    ['a disposition', 'Content-Disposition: attachment; filename=x.exe\r\n\r\n'],
    ['two types', 'Content-Type: text/plain\r\nContent-Type: text/html\r\n\r\n'],
  ])('is not one with %s', (_what, text) => expect(plain(text)).toBeUndefined());

  it('may have no header, no body, or neither', () => {
    for (const text of ['', '\r\nbody', 'Subject: s\r\n', '\n']) expect(plain(text)).toBeDefined();
    expect(plain('\r\nbody')?.excerpt).toBe('body');
  });
});

describe('a summary', () => {
  it('stays under 1 kB, whatever is in the mail', () => {
    const long = 'ü😀'.repeat(5_000);
    const message: InspectedMessage = {
      headers: [],
      subject: long,
      from: [{ name: long, address: `${long}@example.org` }],
      to: [],
      messageId: long,
      parts: Array.from({ length: 50 }, (_, index) => ({
        path: `${index}`,
        type: 'application/pdf',
        sniffedType: undefined,
        name: long,
        otherNames: [],
        disposition: 'attachment',
        size: 1,
        encrypted: false,
      })),
      text: long,
      links: [],
      html: undefined,
      structure: '',
      anomalies: [],
    };
    const summary = summarize(message);
    const bytes = Buffer.byteLength(JSON.stringify(summary));
    expect(bytes).toBeLessThan(1_000);
    expect(summary.subject.isWellFormed()).toBe(true);
    expect(summary.excerpt.length).toBeGreaterThan(20);
  });

  it('names files that are attached, not those inside archives', () => {
    const part = { type: '', sniffedType: undefined, otherNames: [], size: 1, encrypted: false } as const;
    const message: InspectedMessage = {
      headers: [],
      subject: 'a\u0000\r\n b',
      from: [{ name: '', address: 'a@example.org' }],
      to: [],
      messageId: '',
      parts: [
        { ...part, path: '1', name: undefined, disposition: undefined },
        { ...part, path: '2', name: 'offer.zip', disposition: 'attachment' },
        { ...part, path: '2/0', name: 'inside.exe', disposition: undefined },
      ],
      text: '',
      links: [],
      html: undefined,
      structure: '',
      anomalies: [],
    };
    expect(summarize(message)).toMatchObject({
      subject: 'a b',
      from: 'a@example.org',
      attachmentNames: ['offer.zip'],
    });
  });
});
