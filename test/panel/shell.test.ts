/** The panel in a real browser: signing in, finding one's way, and how it looks to everybody. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../contracts/support/eventually.ts';
import { removeDataDir, startInstance, type TestInstance } from '../e2e/support/instance.ts';
import { complaintsOf, hasBrowser, launch, openContext, signIn, views, visit } from './support/browser.ts';
import { faultsOf, scriptBytes } from './support/inspect.ts';
import { addPerson } from './support/people.ts';

type Cookies = Awaited<ReturnType<BrowserContext['cookies']>>;

const ann = { email: 'ann@demo.test', password: 'a few good words' };

describe.skipIf(!hasBrowser)('the panel (needs chromium)', () => {
  let instance: TestInstance;
  let browser: Browser;
  let url: string;
  /** Signing in is limited by address: one sign-in is for many pages. */
  let cookies: Cookies;

  beforeAll(async () => {
    [instance, browser] = await Promise.all([startInstance(), launch()]);
    url = `http://localhost:${instance.ports.panel}`;
    await addPerson(instance, { ...ann, name: 'Ann Owner', role: 'owner' });
    await addPerson(instance, { ...ann, name: 'Ann Owner', role: 'admin', account: 'Harbour' });
    const page = await open();
    await signIn(page, url, ann);
    cookies = await page.context().cookies();
  });
  afterAll(async () => {
    await browser.close();
    await instance.stop();
    await removeDataDir(instance.dataDir);
  });

  async function open(options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
    const context = await browser.newContext(options);
    return context.newPage();
  }
  async function openHome(options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
    const page = await open(options);
    await page.context().addCookies(cookies);
    await visit(page, url);
    return page;
  }
  const pathOf = (page: Page): string => new URL(page.url()).pathname + new URL(page.url()).search;

  it.each([true, false])('lets people in where they wanted to go (script: %s)', async (javaScriptEnabled) => {
    const page = await open({ javaScriptEnabled });
    await page.goto(`${url}/members?x=1`);
    expect(pathOf(page)).toBe('/sign-in?to=%2Fmembers%3Fx%3D1');
    await page.getByLabel('Email').fill(ann.email);
    await page.getByLabel('Password').fill('another one');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('do not belong together').waitFor();
    expect(await page.getByLabel('Email').inputValue()).toBe(ann.email);
    await page.getByLabel('Password').fill(ann.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Members', level: 1 }).waitFor();
    expect(pathOf(page)).toBe('/members?x=1');
  });

  it('leads nobody to another site after signing in', async () => {
    const page = await open();
    await page.goto(`${url}/sign-in?to=//evil.example/`);
    await page.getByLabel('Email').fill(ann.email);
    await page.getByLabel('Password').fill(ann.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Home', level: 1 }).waitFor();
    expect(page.url()).toBe(`${url}/`);
  });

  it('signs out for good', async () => {
    const page = await open();
    await signIn(page, url, ann);
    await page.getByRole('button', { name: 'Ann Owner' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.goBack();
    // What going back begins ends a reload that comes into it.
    await eventually('it is loaded again', () => page.reload().then(Boolean, () => false));
    expect(new URL(page.url()).pathname).toBe('/sign-in');
  });

  it('sends whoever is no longer signed in to sign in, from the middle of a page', async () => {
    const page = await openHome();
    await page.context().clearCookies();
    await page.evaluate("location.href = '/members'");
    await page.waitForURL('**/sign-in?to=%2F*');
  });

  it('keeps the chosen theme, from the first byte of the next page', async () => {
    const page = await openHome({ colorScheme: 'light' });
    await page.getByRole('button', { name: 'Ann Owner' }).click();
    await page.getByRole('menuitemradio', { name: 'Dark' }).click();
    const response = await page.reload();
    expect(await response?.text()).toContain('<html lang="en" data-theme="dark">');
  });

  it.each(['/', '/quarantine', '/members'])('%s brings less than 150 kB of scripts', async (path) => {
    const page = await openHome();
    await visit(page, url + path);
    const bytes = await scriptBytes(page);
    expect(bytes).toBeGreaterThan(20_000);
    expect(bytes).toBeLessThan(150_000);
  });

  it('switches to another account, whose pages are other ones', async () => {
    const page = await openHome();
    await page.getByRole('link', { name: 'demo.test' }).waitFor();
    await page.getByRole('button', { name: 'Demo' }).click();
    await page.getByRole('menuitemradio', { name: 'Harbour' }).click();
    await page.getByText('No domain yet').waitFor();
  });

  it('goes where keys say, and lists them', async () => {
    const page = await openHome();
    await page.getByRole('heading', { name: 'Home', level: 1 }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).getByText('Go to Members').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('g');
    await page.keyboard.press('m');
    await page.getByRole('heading', { name: 'Members', level: 1 }).waitFor();
  });

  it('invites somebody by a link that works once', async () => {
    const page = await openHome();
    await visit(page, `${url}/members`);
    await page.getByRole('button', { name: 'Invite' }).click();
    await page.getByLabel('Email').fill('bob@demo.test');
    await page.getByLabel('Name').fill('Bob');
    await page.getByRole('dialog').getByRole('button', { name: 'Invite' }).click();
    const link = await page.getByLabel('Invitation link').inputValue();
    const other = await open();
    for (const isFirst of [true, false]) {
      await other.goto(link);
      await other.getByLabel('New password').fill('correct horse');
      await other.getByLabel('The same again').fill('correct horse');
      await other.getByRole('button', { name: 'Set password' }).click();
      await other.getByText(isFirst ? 'Your password is set' : 'used already').waitFor();
    }
    await signIn(other, url, { email: 'bob@demo.test', password: 'correct horse' });
    await other.getByRole('heading', { name: 'Home', level: 1 }).waitFor();
  });

  describe.each(views)('$size and $theme', (view) => {
    let page: Page;
    let complaints: readonly string[];
    beforeAll(async () => {
      const context = await openContext(browser, view);
      page = await context.newPage();
      complaints = complaintsOf(page);
    });

    it.each(['/sign-in', '/set-password?token=x'])('%s has nothing to complain of', async (path) => {
      await page.goto(url + path);
      expect(await faultsOf(page)).toEqual([]);
      expect(complaints).toEqual([]);
    });

    it.each(['/', '/?period=month', '/members', '/account'])(
      '%s has nothing to complain of',
      async (path) => {
        await page.context().addCookies(cookies);
        await page.goto(url + path);
        await page.getByRole('heading', { level: 1 }).waitFor();
        expect(await faultsOf(page)).toEqual([]);
        expect(complaints).toEqual([]);
      },
    );
  });
});
