/** Links and HTML facts, as checks judge them. */
import { describe, expect, it } from 'vitest';
import { createContentFinder } from './content-finder.ts';
import { htmlToText } from './html-text.ts';

function found(html: string, limit = 10_000) {
  const finder = createContentFinder();
  finder.page(html.length);
  htmlToText(html, limit, finder);
  return finder;
}

describe('what a mail leads to', () => {
  it('is each link with the words that are shown for it', () => {
    const { links } = found(
      '<a href="https://a.example/?x=1&amp;y=2">See <b>the\n offer</b></a> <a href=#top>up</a>',
    );
    expect(links).toEqual([{ href: 'https://a.example/?x=1&y=2', text: 'See the offer' }]);
  });

  it('is also an image map, a form and the base of relative links', () => {
    const { links } = found(
      '<base href=https://b.example/><map><area href=//m.example/></map><form action="https://f.example/go">',
    );
    expect(links.map(({ href }) => href)).toEqual([
      'https://b.example/',
      '//m.example/',
      'https://f.example/go',
    ]);
  });

  it('is found behind more text than is kept, and in links that are never closed', () => {
    const { links } = found(`${'word '.repeat(1000)}<a href=https://late.example/>late`, 10);
    expect(links).toEqual([{ href: 'https://late.example/', text: 'late' }]);
  });

  it('is what plain text spells out, without the punctuation behind it', () => {
    const finder = createContentFinder();
    finder.scan('See https://a.example/x. Or (www.b.example/y), or <http://c.example>! Not mail@d.example.');
    expect(finder.links.map(({ href }) => href)).toEqual([
      'https://a.example/x',
      'http://www.b.example/y',
      'http://c.example',
    ]);
  });

  it('has an end', () => {
    const page = Array.from({ length: 5000 }, (_, at) => `<a href=https://a.example/${at}>x</a>`).join('');
    expect(found(page).links).toHaveLength(500);
  });
});

describe('the facts of HTML', () => {
  it('count images, forms, scripts and what is hidden', () => {
    const page =
      '<img src=a><img src=b><form></form><script>1</script><p style="display: none">x</p><i style="font-size:0.9em">y</i>';
    expect(found(page).html).toEqual({ length: page.length, images: 2, forms: 1, scripts: 1, hidden: 1 });
  });
});
