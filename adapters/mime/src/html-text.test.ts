import { describe, expect, it } from 'vitest';
import { htmlToText } from './html-text.ts';

const text = (html: string): string => htmlToText(html, 10_000);

describe('HTML into text', () => {
  it('breaks lines where blocks do, and joins what inline markup splits', () => {
    expect(text('<p>Buy <b>v</b><i>i</i>agra</p>\n<p>now<br>or never</p>')).toBe('Buy viagra\nnow\nor never');
  });

  it('makes white space one space', () => {
    expect(text('<td>a</td>\n\n <td>\t b&nbsp;&nbsp;c</td>')).toBe('a b c');
  });

  it('drops scripts, styles and comments, closed or not', () => {
    expect(text('a<script>x<y "</script>b<STYLE>p{}</STYLE >c<!-- <p>d -->e')).toBe('abce');
    expect(text('a<script>b')).toBe('a');
    expect(text('a<!-- b')).toBe('a');
    expect(text('a<!-->b')).toBe('ab');
  });

  it('keeps where links and forms lead', () => {
    expect(text('<a class=x href="https://a.example/?a=1&amp;b=2">Click</a> here')).toBe(
      'Click <https://a.example/?a=1&b=2> here',
    );
    expect(text("<a href='#top'>up</a><form action=//b.example/x>go")).toBe(
      'up\n<//b.example/x> go'.replace('\n<', '\n<'),
    );
  });

  it('decodes character references', () => {
    expect(text('&lt;b&gt; &amp;amp; &#65;&#x42;&#x1F600; &Auml;&euro;&#150; &unknown; &#0; AT&T')).toBe(
      '<b> &amp; AB😀 Ä€– &unknown; \ufffd AT&T',
    );
  });

  it('reads over quotes within tags, and keeps a bare sign', () => {
    expect(text('<img alt="a > b">1 < 2 <')).toBe('1 < 2 <');
  });

  it('stops at the limit', () => {
    expect(htmlToText('<p>abc</p><p>def</p>', 5)).toBe('abc\nd');
  });
});
