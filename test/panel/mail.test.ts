/** The page of one mail in a real browser: every view of it, a frame that does nothing, release in two clicks, and who may not. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../contracts/support/eventually.ts';
import { removeDataDir, startInstance, type TestInstance } from '../e2e/support/instance.ts';
import { sendMail } from '../support/smtp-client.ts';
import {
  complaintsOf,
  hasBrowser,
  launch,
  openContext,
  signIn,
  type View,
  views,
  visit,
} from './support/browser.ts';
import { faultsOf } from './support/inspect.ts';
import { hostileMail, plainMail } from './support/hostile-mail.ts';
import { addPerson } from './support/people.ts';

const password = 'a few good words';
const ann = { email: 'ann@demo.test', password };
const aud = { email: 'aud@demo.test', password };

describe.skipIf(!hasBrowser)('the page of a mail (needs chromium)', () => {
  let instance: TestInstance;
  let browser: Browser;
  let url: string;
  const contexts = new Map<string, BrowserContext>();

  /** Returns the id of the mail. */
  async function send(subject: string, from = 'offer@spam.example', raw = hostileMail): Promise<string> {
    const to = ['you@demo.test'];
    const { final } = await sendMail({ port: instance.ports.smtp, from, to, raw: raw(subject, from) });
    const id = /id ([0-9a-f-]{36})/.exec(final.text)?.[1] ?? '';
    expect(id).not.toBe('');
    await eventually(
      'the mail is listed',
      async () => (await instance.sluice('mail', 'show', id)).status === 0,
    );
    return id;
  }

  async function open(
    path: string,
    person = ann,
    view?: View,
  ): Promise<Page & { complaints: readonly string[] }> {
    const key = JSON.stringify([person, view]);
    const known = contexts.get(key);
    const context = known ?? (await (view === undefined ? browser.newContext() : openContext(browser, view)));
    contexts.set(key, context);
    const page = await context.newPage();
    const complaints = complaintsOf(page);
    if (known === undefined) await signIn(page, url, person);
    await visit(page, url + path);
    return Object.assign(page, { complaints });
  }

  /** Groups first, so that what is in them can be opened too. */
  async function openAll(page: Page): Promise<void> {
    await page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true; })");
    await page.getByText('On error').first().waitFor();
  }

  beforeAll(async () => {
    [instance, browser] = await Promise.all([startInstance(), launch()]);
    url = `http://localhost:${instance.ports.panel}`;
    await addPerson(instance, { ...ann, name: 'Ann Owner', role: 'owner' });
    await addPerson(instance, { ...aud, name: 'Aud Itor', role: 'auditor' });
  });
  afterAll(async () => {
    await browser.close();
    await instance.stop();
    await removeDataDir(instance.dataDir);
  });

  it('says first what became of it, then why, and what the sender was told', async () => {
    const id = await send('First of all');
    const page = await open(`/mails/${id}`);
    const text = await page.locator('main').innerText();
    const order = [
      'First of all',
      'Refused: The sender is on',
      '550 5.7.1',
      'Counted against it',
      'What happened',
    ];
    expect(
      order.map((words) => text.indexOf(words)).every((at, index, all) => at > (all[index - 1] ?? -1)),
    ).toBe(true);
    await page.locator('summary').filter({ hasText: 'Sender lists' }).click();
    await page.getByText('Envelope sender', { exact: true }).waitFor();
    await page.getByText('By these settings').locator('visible=true').waitFor();
    await page.getByText("the entry spam.example on the domain's block list", { exact: true }).waitFor();
    await page.getByText('An allow entry for offer@spam.example would have let it in.').waitFor();
    expect(await page.getByRole('link', { name: 'Settings as they were' }).getAttribute('href')).toMatch(
      /^\/domains\/demo\.test\/history\/\d+$/,
    );
    await page.getByText('Looked at by Ann Owner').waitFor();
  });

  it('keeps the HTML in a frame that loads nothing from elsewhere and reaches nothing of the page', async () => {
    const id = await send('A dangerous one');
    const context = await browser.newContext();
    const page = await context.newPage();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await signIn(page, url, ann);
    await visit(page, `${url}/mails/${id}?view=html`);
    const frame = page.frameLocator('iframe');
    await frame.getByText('Your parcel could not be delivered').waitFor();
    await page.getByText(/\d pictures from elsewhere were not loaded/).waitFor();
    await page.waitForTimeout(500);
    expect(asked.filter((one) => !one.startsWith(url) && !one.startsWith('data:'))).toEqual([]);
    expect(await page.title()).toContain('A dangerous one');
    const sandbox = await page.getByTitle('The mail as its sender designed it').getAttribute('sandbox');
    expect(sandbox?.split(' ')).not.toContain('allow-same-origin');
    expect(sandbox?.split(' ')).not.toContain('allow-scripts');
    expect(await frame.locator('script, form, iframe').count()).toBe(0);
    // What the frame may do by itself, had a script got into it.
    const inner = page.frames().find((one) => one.url().endsWith('/html'));
    const reached = await inner?.evaluate<string>(
      '(() => { try { return parent.document.title } catch { return "nothing" } })()',
    );
    expect(reached).toBe('nothing');
    await context.close();
  });

  it.each([true, false])(
    'shows text, header and parts at addresses of their own (script: %s)',
    async (script) => {
      const id = await send('Every view');
      const context = await browser.newContext({ javaScriptEnabled: script });
      const page = await context.newPage();
      await signIn(page, url, ann);
      await page.goto(`${url}/mails/${id}?view=text`);
      await page.getByText('Kind regards').waitFor();
      await page.getByRole('link', { name: 'Header' }).click();
      await page.getByRole('rowheader', { name: 'Message-ID' }).waitFor();
      expect(new URL(page.url()).search).toBe('?view=headers');
      await page.getByRole('link', { name: 'Parts' }).click();
      await page.getByText('A program, or a file that can start one').waitFor();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: /Download terms\.pdf/ }).click(),
      ]);
      expect(download.suggestedFilename()).toBe('terms.pdf');
      const [raw] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'Download raw' }).click(),
      ]);
      expect(raw.suggestedFilename()).toBe(`${id}.eml`);
      await context.close();
    },
  );

  it('is released in two clicks, and tells of it until it is delivered', async () => {
    const page = await open(`/mails/${await send('Wanted after all')}`);
    await page.locator('summary').filter({ hasText: 'Release' }).click();
    await page.getByRole('button', { name: 'Release to you@demo.test' }).click();
    await page.getByText('250 2.0.0 Delivered to the demo inbox').first().waitFor();
    await page.getByText('Released by Ann Owner').waitFor();
    await page.getByText('Delivered at the first attempt').waitFor();
    expect(await page.getByRole('button', { name: 'Release to you@demo.test' }).count()).toBe(0);
    expect(page.complaints).toEqual([]);
  });

  it('goes to another address by keys alone', async () => {
    const page = await open(`/mails/${await send('For somebody else')}`);
    await page.getByRole('heading', { name: 'For somebody else' }).waitFor();
    await page.waitForLoadState('networkidle').catch(() => undefined);
    await page.keyboard.press('r');
    await page.getByLabel('to another address').check();
    await page.getByLabel('Address', { exact: true }).fill('postmaster@demo.test');
    await page.keyboard.press('Enter');
    await page.getByText('Released by Ann Owner').waitFor();
    await page.getByText('to postmaster@demo.test by').waitFor();
  });

  it('is released without any script', async () => {
    const id = await send('By hand');
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await signIn(page, url, ann);
    await page.goto(`${url}/mails/${id}`);
    await page.locator('summary').filter({ hasText: 'Release' }).click();
    await page.getByRole('button', { name: 'Release to you@demo.test' }).click();
    await page
      .getByText(/On its way|Delivered/)
      .first()
      .waitFor();
    await context.close();
  });

  it('goes on to the next mail of the list, and back to the list as it was', async () => {
    await send('Listed one');
    await send('Listed two');
    const page = await open('/quarantine?q=listed');
    await page
      .getByRole('link', { name: /Listed two/ })
      .first()
      .click();
    await page.getByRole('heading', { name: 'Listed two' }).waitFor();
    await page.getByText('1 of 2').waitFor();
    await page.keyboard.press('2');
    await page.waitForURL(/view=text/);
    await page.keyboard.press('j');
    await page.getByRole('heading', { name: 'Listed one' }).waitFor();
    await page.getByText('Kind regards').waitFor();
    await page.locator('main').getByRole('link', { name: 'Quarantine' }).click();
    await page.waitForURL('**/quarantine?q=listed');
  });

  it('shows an auditor why, but not what is in it, and lets them release nothing', async () => {
    const page = await open(`/mails/${await send('Not for auditors')}`, aud);
    await page.getByText('Refused: The sender is on').first().waitFor();
    await page.getByText('Not yours to read').waitFor();
    await page.getByText('As auditor you may not release mails').waitFor();
    expect(await page.locator('iframe').count()).toBe(0);
    expect(await page.locator('summary').filter({ hasText: 'Release' }).count()).toBe(0);
    expect(await page.getByText('Looked at by').count()).toBe(0);
    expect(await faultsOf(page)).toEqual([]);
    expect(page.complaints).toEqual([]);
  });

  it('records no look of whom only points at a link to it', async () => {
    const id = await send('Only pointed at');
    const page = await open('/quarantine?q=pointed');
    const data = page.waitForResponse((response) => response.url().includes(`/mails/${id}/__data`));
    await page
      .getByRole('link', { name: /Only pointed at/ })
      .first()
      .hover();
    await data;
    const shown = (await instance.sluice('mail', 'show', id, '--json')).json<{
      timeline: { type: string }[];
    }>();
    expect(shown.timeline.map(({ type }) => type)).toEqual(['MailJudged']);
  });

  it('says that nothing was kept of a mail that was let through', async () => {
    const page = await open(`/mails/${await send('Hello', 'friend@good.example', plainMail)}`);
    await page.getByText('Nothing of it was kept').waitFor();
    await page
      .getByText(/Delivered to you@demo\.test|On its way/)
      .first()
      .waitFor();
  });

  it('has a page for a mail that is not there', async () => {
    const page = await open('/mails/01a20349-b2bb-7732-8be3-ba3e2e72e656');
    await page.getByRole('heading', { name: 'There is no such mail' }).waitFor();
    expect(await faultsOf(page)).toEqual([]);
  });

  it.each(views)('has nothing to complain of, $size and $theme', async (view) => {
    const id = await send('\u202Egpj.exe '.concat('W'.repeat(300)));
    for (const name of ['html', 'text', 'headers', 'parts']) {
      const page = await open(`/mails/${id}?view=${name}`, ann, view);
      await page.getByRole('heading', { level: 1 }).waitFor();
      if (name === 'html') await openAll(page);
      expect(await faultsOf(page)).toEqual([]);
      expect(page.complaints).toEqual([]);
      await page.close();
    }
  });
});
