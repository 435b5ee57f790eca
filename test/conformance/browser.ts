/** A browser that looks at documents as it would at any page, scripts allowed: it tells what they hold and what they did. */
import { type Browser, chromium } from 'playwright-core';
import { pathOf } from '../support/parts.ts';

/** What must not be in a document, in words: nothing if all is well. */
type Offences = readonly string[];

export interface Eye extends AsyncDisposable {
  /** Opens each document as a page of its own, without the policies that would hold it back. */
  open(document: string): Promise<Offences>;
  /** Parses the documents only: for many. */
  parse(documents: readonly string[]): Promise<readonly Offences[]>;
}

const address = 'http://mail.test/document';

export async function openEye(): Promise<Eye> {
  const browser: Browser = await chromium.launch({
    executablePath: pathOf('chromium') ?? '',
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
  });
  const page = await browser.newPage();
  let document = '';
  let events: string[] = [];
  await page.addInitScript('window.pwned = () => { window.isPwned = true; }; window.alert = window.pwned;');
  await page.route('**/*', async (route) => {
    const url = route.request().url();
    if (url === address && route.request().isNavigationRequest())
      return route.fulfill({ contentType: 'text/html; charset=utf-8', body: document });
    if (!url.endsWith('/favicon.ico')) events.push(`asked for ${url}`);
    return route.abort();
  });
  page.on('dialog', (dialog) => {
    events.push('opened a dialog');
    void dialog.dismiss();
  });
  page.on('popup', () => void events.push('opened a window'));
  page.on('framenavigated', (frame) => {
    if (frame.url() !== address && frame.url() !== 'about:blank') events.push(`went to ${frame.url()}`);
  });
  await page.addInitScript(`window.offencesIn = ${offencesIn}`);

  const withoutPolicy = (html: string): string =>
    html.replace(/<meta http-equiv="content-security-policy"[^>]*>/, '');

  return {
    async open(html) {
      document = withoutPolicy(html);
      events = [];
      await page.goto(address, { waitUntil: 'load' });
      const found = (await page.evaluate('offencesIn(document)')) as string[];
      const isPwned = (await page.evaluate('window.isPwned === true')) as boolean;
      return [...events, ...found, ...(isPwned ? ['ran a script'] : [])];
    },
    async parse(documents) {
      const source = JSON.stringify(documents.map(withoutPolicy));
      const script = `${source}.map((html) => offencesIn(new DOMParser().parseFromString(html, 'text/html')))`;
      return (await page.evaluate(script)) as string[][];
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

/** Runs in the browser, on what it made of the document; an own list, not that of the sanitiser. */
const offencesIn = `(page) => {
  const elements = new Set(('A ABBR ACRONYM ADDRESS ARTICLE ASIDE B BIG BLOCKQUOTE BR CAPTION CENTER CITE CODE COL COLGROUP DD DEL DFN DIV DL DT EM FIGCAPTION FIGURE FONT FOOTER H1 H2 H3 H4 H5 H6 HEADER HR I IMG INS KBD LI MAIN MARK NAV OL P PRE Q S SAMP SECTION SMALL SPAN STRIKE STRONG SUB SUP TABLE TBODY TD TFOOT TH THEAD TR TT U UL VAR WBR').split(' '));
  const attributes = new Set('align alt bgcolor border cellpadding cellspacing class color colspan dir face height href lang nowrap rel rowspan size src start style target title type valign width'.split(' '));
  const found = [];
  if (page.head.querySelectorAll('style').length !== 1 || page.head.children.length > 5) found.push('a foreign head');
  for (const element of page.body.querySelectorAll('*')) {
    if (!elements.has(element.tagName) || element.namespaceURI !== 'http://www.w3.org/1999/xhtml') found.push('element ' + element.tagName);
    for (const { name, value } of element.attributes) {
      if (!attributes.has(name)) found.push('attribute ' + name);
      if (name === 'href' && !/^(https?|mailto):/.test(value)) found.push('link to ' + value);
      if (name === 'src' && !/^data:image\\/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]*$/.test(value)) found.push('source ' + value);
      if (name === 'style' && /url|@|expression|\\\\|position|var\\(|image/i.test(value)) found.push('style ' + value);
      if (name === 'class' && !['plain', 'next'].includes(value)) found.push('class ' + value);
    }
    if (element.tagName === 'A' && element.hasAttribute('href')) {
      if (element.rel !== 'noopener noreferrer nofollow' || element.target !== '_blank') found.push('an open link');
      if (element.host !== '' && !element.title.startsWith('Leads to ' + element.hostname + ':')) found.push('a link that does not say where it leads');
    } else if (element.title !== '') found.push('a title of its own');
    if (page.defaultView !== null && getComputedStyle(element).position !== 'static') found.push('an element out of its place');
  }
  return found;
}`;
