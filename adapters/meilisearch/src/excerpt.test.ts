/** Excerpts: the first field with a match, its marks whole, and never longer than a line or two. */
import { expect, it } from 'vitest';
import { toExcerpt } from './excerpt.ts';
import { searchable } from './searchable.ts';

const mark = (text: string): string => text.replaceAll('[', '\u{E000}').replaceAll(']', '\u{E001}');

it('is of the field that holds a match, else of the first that holds anything', () => {
  expect(toExcerpt({ body: 'nothing here', subject: mark('An [okapi]') }, false)).toBe(mark('An [okapi]'));
  expect(toExcerpt({ body: 'nothing here', subject: 'An okapi' }, false)).toBe('nothing here');
  expect(toExcerpt({ attachmentNames: ['a.txt', mark('[b].txt')] }, false)).toBe(mark('a.txt [b].txt'));
});

it('marks a phrase as one where one was asked for', () => {
  expect(toExcerpt({ body: mark('to [Sie] [Ihr]') }, true)).toBe(mark('to [Sie Ihr]'));
  expect(toExcerpt({ body: mark('to [Sie] [Ihr]') }, false)).toBe(mark('to [Sie] [Ihr]'));
  expect(toExcerpt({ body: mark('增 [值] [税] 发') }, true)).toBe(mark('增 [值税] 发'));
});

it('marks the whole word that was found by its beginning, or that goes on after a mark', () => {
  expect(toExcerpt({ body: mark('das [Kont]o, [Übe]rweisung') }, false)).toBe(
    mark('das [Konto], [Überweisung]'),
  );
  expect(toExcerpt({ body: mark('[ab]-cd') }, false)).toBe(mark('[ab]-cd'));
});

it('shows text as it was, whatever was put in for searching', () => {
  for (const text of ['🎉Hot😀 €5!', 'Re: a; b? “c”', '增值税发票', 'Well… what，then‼ ™', 'x\u{200B}y'])
    expect(toExcerpt({ body: searchable(text) }, false)).toBe(text);
  expect(searchable('a\u{E002}b')).toBe('a b');
});

it('cuts a word that is as long as a mail, and closes its mark', () => {
  const excerpt = toExcerpt({ body: mark(`[${'x'.repeat(5000)}]`) }, false);
  expect(excerpt.length).toBeLessThan(300);
  expect(excerpt).toMatch(/^\u{E000}x+\u{E001}…$/u);
});
