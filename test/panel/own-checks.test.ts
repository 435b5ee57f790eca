/** A check that the operator has installed, in a real browser: switched and set like ours, and told of a mail like ours. */
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../contracts/support/eventually.ts';
import { sendMail } from '../support/smtp-client.ts';
import { hasBrowser, visit } from './support/browser.ts';
import { faultsOf } from './support/inspect.ts';
import { usePanel } from './support/panel.ts';
import { ann } from './support/people.ts';

describe.skipIf(!hasBrowser)("the operator's own checks in the panel (needs chromium)", () => {
  const panel = usePanel([ann], { SLUICE_CHECKS: './docs/plugin/reply-elsewhere.ts' });
  let page: Page;
  let complaints: readonly string[];

  beforeAll(async () => {
    ({ page, complaints } = await panel.open('/'));
  });

  const send = async (): Promise<number> => {
    const lines = [
      'From: Boss <boss@firm.example>',
      'To: you@demo.test',
      'Reply-To: boss@elsewhere.example',
      `Subject: Urgent transfer`,
      `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
      'Message-ID: <urgent@firm.example>',
      '',
      'Please pay.',
      '',
    ];
    const raw = Buffer.from(lines.join('\r\n'));
    const mail = { port: panel.instance.ports.smtp, from: 'boss@firm.example', to: ['you@demo.test'], raw };
    return (await sendMail(mail)).final.code;
  };

  it('stand among the checks with whose they are, and are found by it', async () => {
    await visit(page, `${panel.url}/domains/demo.test/checks`);
    await page.getByRole('heading', { name: /^\d+ checks, 1 of them the operator’s own$/ }).waitFor();
    await page.getByPlaceholder('Find a check').fill('operator’s own');
    expect(await page.locator('[id^="check-"] h3').allInnerTexts()).toEqual(['Answer goes elsewhere']);
    await page.locator('#check-reply-elsewhere').getByText('The operator’s own').waitFor();
    expect(await faultsOf(page)).toEqual([]);
  });

  it('are tried out, switched and set by the form that their schema makes', async () => {
    // From another page: a mere change of the hash would be no visit.
    await visit(page, panel.url);
    await visit(page, `${panel.url}/domains/demo.test/checks#check-reply-elsewhere`);
    const check = page.locator('#check-reply-elsewhere');
    await check.getByLabel('Free providers').fill('Elsewhere.example');
    await check.getByRole('button', { name: 'What if?' }).click();
    await page.getByRole('row', { name: /^Answer goes elsewhere: freeProviders/ }).waitFor();
    await page.locator('[data-result]').waitFor();
    await page.goBack();
    await check.getByRole('button', { name: 'Save' }).click();
    await check.getByText('Changed from Balanced').waitFor();
    await check.getByText('Reject', { exact: true }).click();
    await page.getByText('Answer goes elsewhere: Observe → Reject').waitFor();
    await eventually('the edge judges by it', async () => (await send()) === 550);
  });

  it('tell of a mail what they found, saw and were set to', async () => {
    await visit(page, `${panel.url}/quarantine`);
    await page
      .getByRole('link', { name: /Urgent transfer/ })
      .first()
      .click();
    await page
      .getByText('Refused: The mail is from firm.example, and its answer would go to elsewhere.example.')
      .waitFor();
    const row = page
      .getByRole('region', { name: 'Why' })
      .getByRole('listitem')
      .filter({ hasText: 'Answer goes elsewhere' })
      .first();
    for (const words of ['The operator’s own', 'Failed', 'Decided']) {
      await row.getByText(words, { exact: true }).waitFor();
    }
    await row.getByText('Answer goes elsewhere').click();
    await row.getByText('Reply to', { exact: true }).waitFor();
    await row.getByText('Free providers', { exact: true }).waitFor();
    expect(await faultsOf(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
