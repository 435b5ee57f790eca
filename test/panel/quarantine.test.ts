/** The quarantine in a real browser: found as one types, live, paged, released, for every hand and eye. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { eventually } from '../contracts/support/eventually.ts';
import { sendMail } from '../support/smtp-client.ts';
import { hasBrowser, views } from './support/browser.ts';
import { faultsOf } from './support/inspect.ts';
import { usePanel } from './support/panel.ts';
import { ann, eve } from './support/people.ts';

const offers = 60;
/** A subject that turns its text around, one without end, one of nothing but pictures, markup, and none. */
const hostile = [
  '\u202Egpj.exe \u2067zz',
  'W'.repeat(2_000),
  '👨‍👩‍👧‍👦'.repeat(40),
  '<img src=x onerror=alert(1)>',
  '',
];

describe.skipIf(!hasBrowser)('the quarantine (needs chromium)', () => {
  const panel = usePanel([ann, eve]);

  async function send(subject: string, text = 'A line.'): Promise<void> {
    const head = `From: "The Offers" <offer@spam.example>\r\nTo: you@demo.test\r\nSubject: ${subject}`;
    const raw = Buffer.from(`${head}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${text}\r\n`);
    const envelope = { from: 'offer@spam.example', to: ['you@demo.test'] };
    const { final } = await sendMail({ port: panel.instance.ports.smtp, ...envelope, raw });
    expect(final.code).toBe(550);
  }

  async function open(path: string, seen: Parameters<typeof panel.open>[1] = {}) {
    const opened = await panel.open(path, seen);
    await opened.page.getByRole('heading', { name: 'Quarantine', level: 1 }).waitFor();
    return opened;
  }
  const rows = (page: Page) => page.locator('[data-mail]');
  const row = (page: Page, subject: string) => rows(page).filter({ hasText: subject }).first();
  const subjects = (page: Page) => page.locator('[data-mail] a').allInnerTexts();
  const live = (page: Page) => page.getByText('Live', { exact: true }).waitFor();

  it('says what will be here while nothing is, and shows the first mail by itself', async () => {
    const { page, complaints } = await open('/quarantine');
    await page.getByText('Nothing in the quarantine yet').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await send('The very first');
    await row(page, 'The very first').waitFor({ timeout: 10_000 });
    expect(complaints).toEqual([]);
  });

  it('takes in many mails, and hostile ones', async () => {
    const all = [...hostile, ...Array.from({ length: offers }, (_, n) => `Offer ${n} of the day`)];
    for (let from = 0; from < all.length; from += 10) {
      await Promise.all(
        all
          .slice(from, from + 10)
          .map((subject) => send(subject, hostile.includes(subject) ? 'Strange.' : 'Usual.')),
      );
    }
    await send('A journey by air', 'You have won a flight in a silver zeppelin over the lake.');
    const { page } = await open('/quarantine');
    const expected = `${all.length + 2} mails`;
    await eventually('all are counted', async () => {
      await page.reload();
      return page.getByText(expected).first().isVisible();
    });
  });

  it('brings little script, and the list with its first bytes', async () => {
    const { page } = await open('/quarantine');
    const session = await page.context().newCDPSession(page);
    const scripts = new Set<string>();
    let total = 0;
    session.on('Network.responseReceived', ({ type, requestId }) => {
      if (type === 'Script') scripts.add(requestId);
    });
    session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      if (scripts.has(requestId)) total += encodedDataLength;
    });
    await session.send('Network.enable');
    await session.send('Network.setCacheDisabled', { cacheDisabled: true });
    const response = await page.reload({ waitUntil: 'load' });
    await live(page);
    expect(await response?.text()).toContain('A journey by air');
    expect(total).toBeGreaterThan(10_000);
    expect(total).toBeLessThan(150_000);
  });

  it('finds a mail while its words are typed, and marks them', async () => {
    const { page, complaints } = await open('/quarantine');
    await live(page);
    await page.keyboard.press('/');
    await page.keyboard.type('silver zepp', { delay: 30 });
    await page.waitForURL('**/quarantine?q=silver+zepp');
    await page.locator('mark', { hasText: 'zeppelin' }).first().waitFor();
    expect(await subjects(page)).toEqual(['A journey by air']);
    expect(await page.getByLabel('Search the quarantine').inputValue()).toBe('silver zepp');
    await page.reload();
    expect(await subjects(page)).toEqual(['A journey by air']);
    await page.getByLabel('Search the quarantine').fill('no such words anywhere');
    await page.getByText('No mail matches').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.getByRole('link', { name: 'Show all mails' }).click();
    await row(page, 'A journey by air').waitFor();
    expect(page.url()).toBe(`${panel.url}/quarantine`);
    expect(complaints).toEqual([]);
  });

  it('is narrowed by filters that stand in its address, with and without a script', async () => {
    const { page } = await open('/quarantine?q=zeppelin');
    await live(page);
    await page.getByRole('button', { name: 'Reason', exact: true }).click();
    const reasons = page.getByRole('dialog', { name: 'Reason' });
    expect(await reasons.getByRole('link').nth(1).innerText()).toMatch(/\d$/);
    await reasons.getByRole('link').nth(1).click();
    await page.waitForURL('**/quarantine?q=zeppelin&reason=sender-listed');
    await page.getByRole('button', { name: 'Time', exact: true }).click();
    await page.getByRole('dialog', { name: 'Time' }).getByRole('link', { name: '7 days' }).click();
    await page.waitForURL('**&period=week');
    await page.getByRole('button', { name: 'Sender', exact: true }).click();
    await page.getByRole('dialog', { name: 'Sender' }).getByRole('textbox').fill('good.example');
    await page.keyboard.press('Enter');
    await page.getByText('No mail matches').waitFor();
    await page.goBack();
    await row(page, 'A journey by air').waitFor();
    await page.getByRole('link', { name: 'Clear reason' }).click();
    await page.waitForURL('**/quarantine?q=zeppelin&period=week');
    await page.close();

    const { page: plain } = await open('/quarantine?recipient=you%40demo.test', { script: false });
    await plain.getByLabel('Search the quarantine').fill('zeppelin');
    await plain.keyboard.press('Enter');
    await plain.waitForURL('**/quarantine?recipient=you%40demo.test&q=zeppelin');
    expect(await subjects(plain)).toEqual(['A journey by air']);
  });

  it('goes on below, and is as it was after a look at a mail', async () => {
    const { page, complaints } = await open('/quarantine');
    await live(page);
    expect(await rows(page).count()).toBe(50);
    await page.getByRole('button', { name: 'Older' }).scrollIntoViewIfNeeded();
    await row(page, 'The very first').waitFor();
    const total = await rows(page).count();
    const last = page.locator('[data-mail] a').last();
    await last.scrollIntoViewIfNeeded();
    const top = await page.evaluate<number>('scrollY');
    expect(top).toBeGreaterThan(1_000);
    expect(complaints).toEqual([]);
    await last.click();
    await page.waitForURL('**/mails/*');
    await page.goBack();
    await row(page, 'The very first').waitFor();
    expect(await rows(page).count()).toBe(total);
    await eventually(
      'it is where it was',
      async () => Math.abs((await page.evaluate<number>('scrollY')) - top) < 50,
    );
  });

  it('holds new mail back while somebody is busy, and moves nothing', async () => {
    const { page } = await open('/quarantine');
    await live(page);
    await row(page, 'A journey by air').getByRole('checkbox').check();
    await send('Late for the party');
    await page.getByRole('button', { name: '1 new mail' }).waitFor({ timeout: 10_000 });
    expect((await subjects(page))[0]).toBe('A journey by air');
    await page.getByRole('button', { name: '1 new mail' }).click();
    expect((await subjects(page))[0]).toBe('Late for the party');
    expect(await row(page, 'A journey by air').getByRole('checkbox').isChecked()).toBe(true);
  });

  it('releases one mail by two presses, here by keys', async () => {
    const { page, complaints } = await open('/quarantine?q=zeppelin');
    await live(page);
    await page.keyboard.press('j');
    await page.keyboard.press('r');
    await page.getByRole('button', { name: 'Confirm' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Release' }).waitFor();
    await row(page, 'A journey').getByRole('link').focus();
    await page.keyboard.press('r');
    await page.keyboard.press('Enter');
    await page.getByText('On its way to you@demo.test').waitFor();
    await row(page, 'A journey').getByText('Delivered').waitFor({ timeout: 15_000 });
    await page.keyboard.press('Enter');
    await page.waitForURL('**/mails/*');
    expect(complaints).toEqual([]);
  });

  it('releases all that match, and follows them until they are delivered', async () => {
    const { page } = await open('/quarantine?q=offer+day');
    await live(page);
    await rows(page).nth(1).getByRole('checkbox').check();
    await rows(page)
      .nth(4)
      .getByRole('checkbox')
      .click({ modifiers: ['Shift'] });
    await page.getByRole('button', { name: 'Release 4 mails' }).waitFor();
    await page.getByRole('button', { name: `Select all ${offers} that match` }).click();
    await page.getByRole('button', { name: `Release ${offers} mails` }).click();
    const dialog = page.getByRole('dialog', { name: `Release ${offers} mails?` });
    await dialog.getByText('you@demo.test').waitFor();
    await page.route('**/trpc/mails.release**', (route) => route.abort(), { times: 1 });
    await dialog.getByRole('button', { name: `Release ${offers} mails` }).click();
    await page.getByText(`${offers} mails could not be released`).waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('progressbar').waitFor();
    await page.getByText(`${offers} mails are delivered`).waitFor({ timeout: 30_000 });
    await rows(page).first().getByText('Delivered').waitFor();
  });

  it('lets an auditor look, and no more', async () => {
    const { page, complaints } = await open('/quarantine?q=journey', { person: eve });
    await live(page);
    expect(await subjects(page)).toEqual(['A journey by air']);
    expect(await page.getByRole('checkbox').count()).toBe(0);
    expect(await page.getByText('flight').count()).toBe(0);
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.keyboard.press('r');
    expect(await page.getByRole('button', { name: /Release|Confirm/ }).count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it.each(views)('has nothing to complain of: $size and $theme', async (view) => {
    const { page, complaints } = await open('/quarantine?q=strange', { view });
    await live(page);
    expect(await rows(page).count()).toBe(hostile.length);
    await row(page, 'gpj.exe zz').getByRole('checkbox').check();
    await page.getByRole('region', { name: 'Selection' }).waitFor();
    await page.getByRole('button', { name: 'Check', exact: true }).click();
    await page.getByRole('dialog', { name: 'Check' }).getByRole('link').nth(1).waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Release 1 mail' }).click();
    await page.getByRole('dialog', { name: 'Release 1 mail?' }).waitFor();
    expect(await faultsOf(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
