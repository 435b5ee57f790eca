/** What of its links speaks against a mail. */
import { describe, expect, it } from 'vitest';
import { hostOf } from '../message/link-hosts.ts';
import { concluded, gathered } from './check-specification.ts';
import { uribl } from './uribl.ts';

const zones = [{ zone: 'uri.example', points: 5, codes: ['127.0.0.&2'] }];
const quiet = { zones, mismatch: 0, shortener: 0, lookalike: 0, address: 0 };
const link = (href: string, text = '') => ({ href, text });

describe('the host of a link', () => {
  it.each([
    ['https://www.a.example/x', 'www.a.example'],
    ['HTTP://user:pass@A.example:8080/', 'a.example'],
    ['//a.example', 'a.example'],
    ['https:/\\te\u00adst.example?x', 'test.example'],
    ['http://мойсайт.рф', 'xn--80arbjktj.xn--p1ai'],
    ['http://0x7f.1/', '127.0.0.1'],
    ['http://a。example', 'a.example'],
    ['mailto:info@a.example?subject=x', 'a.example'],
  ])('%s is %s', (href, host) => {
    expect(hostOf(href)).toBe(host);
  });

  it.each(['tel:123', 'cid:1@a.example', 'javascript:1', 'https://', 'mailto:info'])(
    '%s has none',
    (href) => {
      expect(hostOf(href)).toBeUndefined();
    },
  );
});

describe('uribl', () => {
  it('has nothing to look at without links', async () => {
    expect(await gathered(uribl)).toEqual({ status: 'nothing' });
  });

  it('asks about each registered domain once, and records only what a zone knows', async () => {
    const message = {
      subject: 'see http://c.example/',
      links: [
        link('https://x.bad.example/1'),
        link('https://bad.example/2'),
        link('https://www.google.com/'),
      ],
    };
    const dns = { 'A bad.example.uri.example': ['127.0.0.2'] };
    expect(await gathered(uribl, { message, dns, settings: { zones } })).toEqual({
      status: 'observed',
      fact: {
        domains: ['bad.example', 'google.com', 'c.example'],
        zones: ['uri.example'],
        listings: [
          { zone: 'uri.example', name: 'bad.example', answer: { status: 'found', records: ['127.0.0.2'] } },
        ],
      },
    });
  });

  it('fails a mail with a listed link, by the bits of the answer that count', async () => {
    const message = { links: [link('https://bad.example/')] };
    const at = (code: string) =>
      concluded(uribl, { message, settings: { zones }, dns: { 'A bad.example.uri.example': [code] } });
    expect(await at('127.0.0.6')).toEqual({
      result: 'fail',
      reason: 'link-listed',
      score: 5,
      sentence: 'bad.example (127.0.0.6) is listed by uri.example: 5 points.',
      sources: ['uri.example'],
    });
    expect(await at('127.0.0.4')).toMatchObject({ result: 'pass' });
  });

  it('asks about the addresses of domains and of bare links, where a zone is of that kind', async () => {
    const message = { links: [link('https://bad.example/'), link('http://192.0.2.9/')] };
    const settings = { ...quiet, zones: [{ zone: 'ip.example', of: 'address' }] };
    const dns = { 'A bad.example': ['192.0.2.7'], 'A 7.2.0.192.ip.example': ['127.0.0.2'] };
    expect(await concluded(uribl, { message, settings, dns })).toMatchObject({
      result: 'fail',
      sentence: 'bad.example (127.0.0.2) is listed by ip.example: 3 points.',
    });
  });

  it('says which list did not answer', async () => {
    const message = { links: [link('https://a.example/')] };
    const result = await concluded(uribl, {
      message,
      settings: { zones },
      dns: { 'A a.example.uri.example': 'time-out' },
    });
    expect(result).toEqual({
      result: 'pass',
      sentence: 'Nothing is known against a.example. No answer from uri.example.',
    });
  });

  it.each([
    [link('https://evil.example/login', 'www.bank.com'), 'a link shows bank.com and leads to evil.example'],
    [link('https://xn--pypal-4ve.com/'), 'pаypal.com imitates another name'],
    [link('https://bit.ly/x'), 'bit.ly hides where links lead'],
    [link('http://192.0.2.1/'), 'a link leads to the bare address 192.0.2.1'],
  ])('finds what deceives in %o', async (one, words) => {
    const settings = { zones: [], shortener: 1 };
    const { result, reason, sentence } = await concluded(uribl, { message: { links: [one] }, settings });
    expect([result, reason]).toEqual(['fail', 'link-deceptive']);
    expect(sentence).toContain(words);
  });

  it.each([
    link('https://click.shop.example/', 'Read more at our site'),
    link('https://www.bank.com/login', 'bank.com'),
    link('https://nodejs.org/', 'Node.js'),
    link('https://xn--bcher-kva.example/', 'bücher.example'),
  ])('finds nothing in %o', async (one) => {
    const settings = { zones: [] };
    expect(await concluded(uribl, { message: { links: [one] }, settings })).toMatchObject({ result: 'pass' });
  });

  it('names the zones that its fact has no answer of', () => {
    const fact = { zones: ['uri.example'] };
    const settings = uribl.settings.parse({ zones: [...zones, { zone: 'new.example' }] });
    expect(uribl.unasked?.(fact, settings)).toEqual(['new.example']);
  });
});
