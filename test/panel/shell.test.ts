/** The panel in a real browser: signing in, finding one's way, and how it looks to everybody. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { eventually } from '../contracts/support/eventually.ts';
import { complaintsOf, hasBrowser, openContext, signIn, views, visit } from './support/browser.ts';
import { faultsOf, scriptBytes } from './support/inspect.ts';
import { usePanel } from './support/panel.ts';
import { ann } from './support/people.ts';

describe.skipIf(!hasBrowser)('the panel (needs chromium)', () => {
  const panel = usePanel([ann, { ...ann, role: 'admin', account: 'Harbour' }]);
  /** Of nobody who is signed in. */
  const openFresh = async (javaScriptEnabled = true): Promise<Page> =>
    (await panel.browser.newContext({ javaScriptEnabled })).newPage();
  const pathOf = (page: Page): string => new URL(page.url()).pathname + new URL(page.url()).search;

  it.each([true, false])('lets people in where they wanted to go (script: %s)', async (javaScriptEnabled) => {
    const page = await openFresh(javaScriptEnabled);
    await page.goto(`${panel.url}/members?x=1`);
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
    const page = await openFresh();
    await page.goto(`${panel.url}/sign-in?to=//evil.example/`);
    await page.getByLabel('Email').fill(ann.email);
    await page.getByLabel('Password').fill(ann.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Home', level: 1 }).waitFor();
    expect(page.url()).toBe(`${panel.url}/`);
  });

  it('signs out for good', async () => {
    const page = await openFresh();
    await signIn(page, panel.url, ann);
    await page.getByRole('button', { name: 'Ann Owner' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.goBack();
    // What going back begins ends a reload that comes into it.
    await eventually('it is loaded again', () => page.reload().then(Boolean, () => false));
    expect(new URL(page.url()).pathname).toBe('/sign-in');
  });

  it('sends whoever is no longer signed in to sign in, from the middle of a page', async () => {
    const { page } = await panel.open('/');
    await page.context().clearCookies();
    await page.evaluate("location.href = '/members'");
    await page.waitForURL('**/sign-in?to=%2F*');
  });

  it('keeps the chosen theme, from the first byte of the next page', async () => {
    const { page } = await panel.open('/');
    await page.getByRole('button', { name: 'Ann Owner' }).click();
    await page.getByRole('menuitemradio', { name: 'Dark' }).click();
    const response = await page.reload();
    expect(await response?.text()).toContain('<html lang="en" data-theme="dark">');
  });

  it.each(['/', '/quarantine', '/members'])('%s brings less than 150 kB of scripts', async (path) => {
    const { page } = await panel.open(path);
    const bytes = await scriptBytes(page);
    expect(bytes).toBeGreaterThan(20_000);
    expect(bytes).toBeLessThan(150_000);
  });

  it('switches to another account, whose pages are other ones', async () => {
    const { page } = await panel.open('/');
    await page.getByRole('link', { name: 'demo.test' }).waitFor();
    await page.getByRole('button', { name: 'Demo' }).click();
    await page.getByRole('menuitemradio', { name: 'Harbour' }).click();
    await page.getByText('No domain yet').waitFor();
  });

  it('goes where keys say, and lists them', async () => {
    const { page } = await panel.open('/');
    await page.getByRole('heading', { name: 'Home', level: 1 }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).getByText('Go to Members').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('g');
    await page.keyboard.press('m');
    await page.getByRole('heading', { name: 'Members', level: 1 }).waitFor();
  });

  it('invites somebody by a link that works once', async () => {
    const { page } = await panel.open('/members');
    await page.getByRole('button', { name: 'Invite' }).click();
    await page.getByLabel('Email').fill('bob@demo.test');
    await page.getByLabel('Name').fill('Bob');
    await page.getByRole('dialog').getByRole('button', { name: 'Invite' }).click();
    const link = await page.getByLabel('Invitation link').inputValue();
    const other = await openFresh();
    for (const isFirst of [true, false]) {
      await other.goto(link);
      await other.getByLabel('New password').fill('correct horse');
      await other.getByLabel('The same again').fill('correct horse');
      await other.getByRole('button', { name: 'Set password' }).click();
      await other.getByText(isFirst ? 'Your password is set' : 'used already').waitFor();
    }
    await signIn(other, panel.url, { email: 'bob@demo.test', password: 'correct horse' });
    await other.getByRole('heading', { name: 'Home', level: 1 }).waitFor();
  });

  describe.each(views)('$size and $theme', (view) => {
    it.each(['/sign-in', '/set-password?token=x'])('%s has nothing to complain of', async (path) => {
      const page = await (await openContext(panel.browser, view)).newPage();
      const complaints = complaintsOf(page);
      await visit(page, panel.url + path);
      expect(await faultsOf(page)).toEqual([]);
      expect(complaints).toEqual([]);
    });

    it.each(['/', '/?period=month', '/members', '/account'])(
      '%s has nothing to complain of',
      async (path) => {
        const { page, complaints } = await panel.open(path, { view });
        await page.getByRole('heading', { level: 1 }).waitFor();
        expect(await faultsOf(page)).toEqual([]);
        expect(complaints).toEqual([]);
      },
    );
  });
});
