/** The page of one mail in a real browser: every view of it, a frame that does nothing, release in two clicks, and who may not. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { eventually } from '../contracts/support/eventually.ts';
import { sendMail } from '../support/smtp-client.ts';
import { hasBrowser, views, visit } from './support/browser.ts';
import { hostileMail, plainMail } from './support/hostile-mail.ts';
import { faultsOf } from './support/inspect.ts';
import { usePanel } from './support/panel.ts';
import { ann, eve } from './support/people.ts';

describe.skipIf(!hasBrowser)('the page of a mail (needs chromium)', () => {
  const panel = usePanel([ann, eve]);

  /** Returns the id of the mail. */
  async function send(subject: string, from = 'offer@spam.example', raw = hostileMail): Promise<string> {
    const to = ['you@demo.test'];
    const { final } = await sendMail({ port: panel.instance.ports.smtp, from, to, raw: raw(subject, from) });
    const id = /id ([0-9a-f-]{36})/.exec(final.text)?.[1] ?? '';
    expect(id).not.toBe('');
    await eventually(
      'the mail is listed',
      async () => (await panel.instance.sluice('mail', 'show', id)).status === 0,
    );
    return id;
  }

  /** Groups first, so that what is in them can be opened too. */
  async function openAll(page: Page): Promise<void> {
    await page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true; })");
    await page.getByText('On error').first().waitFor();
  }

  it('says first what became of it, then why, and what the sender was told', async () => {
    const id = await send('First of all');
    const { page } = await panel.open(`/mails/${id}`);
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
    const { page } = await panel.open('/');
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await visit(page, `${panel.url}/mails/${id}?view=html`);
    const frame = page.frameLocator('iframe');
    await frame.getByText('Your parcel could not be delivered').waitFor();
    await page.getByText(/\d pictures from elsewhere were not loaded/).waitFor();
    await page.waitForTimeout(500);
    expect(asked.filter((one) => !one.startsWith(panel.url) && !one.startsWith('data:'))).toEqual([]);
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
  });

  it.each([true, false])(
    'shows text, header and parts at addresses of their own (script: %s)',
    async (script) => {
      const id = await send('Every view');
      const { page } = await panel.open(`/mails/${id}?view=text`, { script });
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
    },
  );

  it('is released in two clicks, and tells of it until it is delivered', async () => {
    const { page, complaints } = await panel.open(`/mails/${await send('Wanted after all')}`);
    await page.locator('summary').filter({ hasText: 'Release' }).click();
    await page.getByRole('button', { name: 'Release to you@demo.test' }).click();
    await page.getByText('250 2.0.0 Delivered to the demo inbox').first().waitFor();
    await page.getByText('Released by Ann Owner').waitFor();
    await page.getByText('Delivered at the first attempt').waitFor();
    expect(await page.getByRole('button', { name: 'Release to you@demo.test' }).count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('goes to another address by keys alone', async () => {
    const { page } = await panel.open(`/mails/${await send('For somebody else')}`);
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
    const { page } = await panel.open(`/mails/${id}`, { script: false });
    await page.locator('summary').filter({ hasText: 'Release' }).click();
    await page.getByRole('button', { name: 'Release to you@demo.test' }).click();
    await page
      .getByText(/On its way|Delivered/)
      .first()
      .waitFor();
  });

  it('goes on to the next mail of the list, and back to the list as it was', async () => {
    await send('Listed one');
    await send('Listed two');
    const { page } = await panel.open('/quarantine?q=listed');
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
    const { page, complaints } = await panel.open(`/mails/${await send('Not for auditors')}`, {
      person: eve,
    });
    await page.getByText('Refused: The sender is on').first().waitFor();
    await page.getByText('Not yours to read').waitFor();
    await page.getByText('As auditor you may not release mails').waitFor();
    expect(await page.locator('iframe').count()).toBe(0);
    expect(await page.locator('summary').filter({ hasText: 'Release' }).count()).toBe(0);
    expect(await page.getByText('Looked at by').count()).toBe(0);
    expect(await faultsOf(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('records no look of whom only points at a link to it', async () => {
    const id = await send('Only pointed at');
    const { page } = await panel.open('/quarantine?q=pointed');
    const data = page.waitForResponse((response) => response.url().includes(`/mails/${id}/__data`));
    await page
      .getByRole('link', { name: /Only pointed at/ })
      .first()
      .hover();
    await data;
    const shown = (await panel.instance.sluice('mail', 'show', id, '--json')).json<{
      timeline: { type: string }[];
    }>();
    expect(shown.timeline.map(({ type }) => type)).toEqual(['MailJudged']);
  });

  it('says that nothing was kept of a mail that was let through', async () => {
    const { page } = await panel.open(`/mails/${await send('Hello', 'friend@good.example', plainMail)}`);
    await page.getByText('Nothing of it was kept').waitFor();
    await page
      .getByText(/Delivered to you@demo\.test|On its way/)
      .first()
      .waitFor();
  });

  it('has a page for a mail that is not there', async () => {
    const { page } = await panel.open('/mails/01a20349-b2bb-7732-8be3-ba3e2e72e656');
    await page.getByRole('heading', { name: 'There is no such mail' }).waitFor();
    expect(await faultsOf(page)).toEqual([]);
  });

  it.each(views)('has nothing to complain of, $size and $theme', async (view) => {
    const id = await send('\u202Egpj.exe '.concat('W'.repeat(300)));
    for (const name of ['html', 'text', 'headers', 'parts']) {
      const { page, complaints } = await panel.open(`/mails/${id}?view=${name}`, { view });
      await page.getByRole('heading', { level: 1 }).waitFor();
      if (name === 'html') await openAll(page);
      expect(await faultsOf(page)).toEqual([]);
      expect(complaints).toEqual([]);
      await page.close();
    }
  });
});
