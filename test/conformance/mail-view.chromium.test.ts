/** Documents made of hostile HTML, looked at by a real browser that would run and load all that it is given. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMailViewer } from '@sluice/mime';
import { corpusMissing, readMail, readSuite, type CorpusFile } from '../support/corpus.ts';
import { pathOf } from '../support/parts.ts';
import { type Eye, openEye } from './browser.ts';
import { fragments, vectors } from './mail-view-vectors.ts';

const chromiumMissing = pathOf('chromium') === undefined;
const viewer = createMailViewer({ deadlineMs: 20_000 });
let eye: Eye;

beforeAll(async () => {
  if (!chromiumMissing) eye = await openEye();
});
afterAll(async () => {
  await eye?.[Symbol.asyncDispose]();
  await viewer.close();
});

const mailOf = (html: string): Buffer =>
  Buffer.concat([
    Buffer.from('Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n'),
    Buffer.from(Buffer.from(html).toString('base64')),
  ]);

async function documentOf(raw: Uint8Array): Promise<string | undefined> {
  const document = await viewer.html(raw);
  if (!document.ok) throw new Error(document.error);
  return document.value?.html;
}

describe.skipIf(chromiumMissing)('in a browser (needs chromium)', () => {
  it('a page that does run and load is found out', async () => {
    const page = (body: string) =>
      `<!doctype html><html><head><style></style></head><body>${body}</body></html>`;
    expect(await eye.open(page('<p>x</p>'))).toEqual([]);
    expect(await eye.open(page('<img src=x onerror=pwned()>'))).toEqual(
      expect.arrayContaining(['asked for http://mail.test/x', 'attribute onerror', 'ran a script']),
    );
    expect(await eye.open(page('<i style="position:fixed;background:url(//far.example)">x</i>'))).toEqual(
      expect.arrayContaining([expect.stringMatching(/asked/), 'an element out of its place']),
    );
  });

  it.each(vectors.map((html) => [html] as const))('%j', async (html) => {
    for (const hostile of [html, `<table><tr><td><b>${html}`, `<p title="${html}">x</p>`]) {
      expect(await eye.open((await documentOf(mailOf(hostile))) ?? '')).toEqual([]);
    }
  });

  it('no mixture of hostile pieces runs, loads, or looks like anything else', async () => {
    const pages = fc.array(fc.constantFrom(...fragments), { minLength: 1, maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(pages, async (pieces) => {
        const document = await documentOf(mailOf(pieces.join('')));
        if (document !== undefined) expect(await eye.open(document)).toEqual([]);
      }),
      { numRuns: 120 },
    );
  }, 120_000);

  it('of nothing more than text and attributes of any kind neither', async () => {
    const name = fc.constantFrom('style', 'href', 'src', 'title', 'onclick', 'align', 'background', 'alt');
    const element = fc
      .tuple(fc.constantFrom('a', 'img', 'p', 'td', 'font', 'body', 'script', 'svg'), name, fc.string())
      .map(([tag, attribute, value]) => `<${tag} ${attribute}="${value.replaceAll('"', '&quot;')}">`);
    const pages = fc.array(fc.oneof(element, fc.string({ unit: 'binary' })), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(fc.array(pages, { minLength: 20, maxLength: 20 }), async (batch) => {
        const documents = await Promise.all(batch.map((pieces) => documentOf(mailOf(pieces.join('')))));
        const found = await eye.parse(documents.filter((document) => document !== undefined));
        expect(found.flat()).toEqual([]);
      }),
      { numRuns: 40 },
    );
  }, 120_000);

  const sources: readonly (readonly [string, () => Iterable<CorpusFile>, number])[] = [
    ['mime', () => readSuite('mime'), 15],
    ['spam-rules', () => readSuite('spam-rules'), 15],
    ['phishing-pot', () => readMail('phishing-pot'), 20],
    ['foff-milter', () => readMail('foff-milter'), 10],
  ];
  it.skipIf(corpusMissing).each(sources)(
    'mails of %s are harmless, and do nothing (needs the corpus)',
    async (_, files, opened) => {
      const documents: string[] = [];
      for (const { bytes } of files()) {
        const document = await documentOf(bytes);
        if (document !== undefined) documents.push(document);
      }
      for (let at = 0; at < documents.length; at += 50) {
        const found = await eye.parse(documents.slice(at, at + 50));
        expect(found.flat()).toEqual([]);
      }
      const step = Math.max(1, Math.floor(documents.length / opened));
      for (let at = 0; at < documents.length; at += step)
        expect(await eye.open(documents[at] ?? '')).toEqual([]);
    },
    300_000,
  );
});
