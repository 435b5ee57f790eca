/** What-if, undo, audit and training in a real browser: over mail that came by SMTP, to what is delivered and saved in the end. */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../contracts/support/eventually.ts';
import { sendMail } from '../support/smtp-client.ts';
import { hasBrowser, views, visit } from './support/browser.ts';
import { plainMail } from './support/hostile-mail.ts';
import { faultsOf } from './support/inspect.ts';
import { usePanel } from './support/panel.ts';
import { ann, eve } from './support/people.ts';

describe.skipIf(!hasBrowser)('recorded mail judged again, in the panel (needs chromium)', () => {
  const panel = usePanel([ann, eve]);
  let page: Page;
  let complaints: readonly string[];

  beforeAll(async () => {
    await panel.instance.sluice('domain', 'block', 'demo.test', '*@shop.example');
    await eventually('the block is in force', async () => (await order(0)) === 550);
    for (const number of [1, 2, 3, 4]) expect(await order(number)).toBe(550);
    for (const number of [1, 2, 3]) expect(await hello(number)).toBe(250);
    await eventually('all mails are listed', async () => {
      const { items } = (
        await panel.instance.sluice('mail', 'list', '--domain', 'demo.test', '--json')
      ).json<{
        items: readonly { readonly subject: string }[];
      }>();
      return items.some(({ subject }) => subject === 'Hello 3');
    });
    ({ page, complaints } = await panel.open('/'));
  });

  async function send(from: string, raw: Buffer): Promise<number> {
    return (await sendMail({ port: panel.instance.ports.smtp, from, to: ['you@demo.test'], raw })).final.code;
  }
  /** From a sender who is blocked. */
  const order = (number: number): Promise<number> =>
    send('clerk@shop.example', plainMail(`Order ${number}`, 'clerk@shop.example'));
  /** Without the date that it should have. */
  const hello = (number: number): Promise<number> =>
    send(
      'friend@good.example',
      Buffer.from(
        `From: friend@good.example\r\nTo: you@demo.test\r\nSubject: Hello ${number}${onAndOn(number)}\r\n\r\nHello\r\n`,
      ),
    );
  /** A subject must not make a page wide. */
  const onAndOn = (number: number): string => (number > 4 ? ' and so on'.repeat(20) : '');
  const open = (path: string): Promise<void> => visit(page, `${panel.url}/domains/demo.test${path}`);
  const proposing = (proposal: object): string =>
    `/what-if?${new URLSearchParams({ proposal: JSON.stringify(proposal) }).toString()}`;
  const card = (title: string, at = page) => at.getByRole('region', { name: title });

  it('tries a changed check out beside Save, keeps what was typed, and saves it from there', async () => {
    await open('/checks#check-header-required');
    const check = page.locator('#check-header-required');
    await check.getByLabel('Weight').fill('12');
    await check.getByRole('button', { name: 'What if?' }).click();
    await page.getByRole('row', { name: 'Required headers: weight 2 points 12 points' }).waitFor();
    await page.getByRole('heading', { name: /^3 mails of \d+ would come to another end\.$/ }).waitFor();
    const refused = card('Accepted, and would be refused');
    await refused.getByText('A report only: this mail has been delivered, and stays so.').waitFor();
    await refused.getByText('Refused: 12 points').first().waitFor();
    expect(await refused.getByRole('link').allInnerTexts()).toEqual(['Hello 3', 'Hello 2', 'Hello 1']);
    await card('Refused, and would be accepted').getByText('No refused mail would be accepted.').waitFor();
    await page.goBack();
    await check.getByText('Not saved yet').waitFor();
    expect(await check.getByLabel('Weight').inputValue()).toBe('12');
    await check.getByRole('button', { name: 'What if?' }).click();
    await page.getByRole('button', { name: 'Save these settings' }).click();
    await page.getByText('These settings are saved').waitFor();
    await page.getByText(/^In force at all edges after/).waitFor();
    await open('/checks#check-header-required');
    expect(await check.getByLabel('Weight').inputValue()).toBe('12');
  });

  it('proposes an entry of a list, the thresholds and a preset from where they are set', async () => {
    await open('/lists');
    await page.getByLabel('Sender or server').fill('friend@good.example');
    await page.getByRole('button', { name: 'What if?' }).click();
    await page.getByRole('row', { name: 'Lists – Blocked friend@good.example' }).waitFor();
    await open('/checks');
    await page.getByLabel('Refuse from').fill('30');
    await page.getByRole('button', { name: 'What if?' }).click();
    await page.getByRole('row', { name: 'Refuse from 10 points 30 points' }).waitFor();
    await open('/checks');
    await page.getByRole('button', { name: 'Choose Strict' }).click();
    await page.getByRole('dialog').getByRole('link', { name: 'What if?' }).click();
    await page.getByRole('row', { name: 'Preset balanced strict' }).waitFor();
    await page.locator('[data-result]').waitFor();
  });

  it('proposes thresholds and list entries of single mailboxes: beside their form, on the page itself, and to the api by saving', async () => {
    await open('/checks');
    await page.getByRole('button', { name: 'Add a mailbox' }).click();
    const form = page.getByRole('form', { name: 'Thresholds of a mailbox' });
    await form.getByLabel('Mailbox').fill('You@demo.test');
    await form.getByLabel('Mark from').fill('1');
    await form.getByLabel('Hold from').fill('2');
    await form.getByRole('button', { name: 'What if?' }).click();
    const row = page.getByRole('row', { name: /^Thresholds of you@demo.test/ });
    await row.getByText('mark from 1, hold from 2, refuse from 10').waitFor();
    await page.locator('[data-result]').waitFor();
    await page.goBack();
    expect(await form.getByLabel('Mailbox').inputValue()).toBe('You@demo.test');
    expect(await form.getByLabel('Hold from').inputValue()).toBe('2');
    await open('/what-if');
    await page.getByText('Thresholds', { exact: true }).click();
    const builder = page.getByRole('form', { name: 'Thresholds to propose' });
    await builder.getByLabel('Only for one mailbox').fill('you@demo.test');
    await builder.getByLabel('Refuse from').fill('40');
    await builder.getByRole('button', { name: 'Propose' }).click();
    await row.getByText('refuse from 40').waitFor();
    await page.getByText('Propose something more').click();
    await page.getByText('A list', { exact: true }).click();
    const list = page.getByRole('form', { name: 'Entry to propose' });
    await list.getByLabel('Sender or server').fill('news@x.example');
    await list.getByLabel('Only for one mailbox').fill('you@demo.test');
    await list.getByRole('button', { name: 'Propose' }).click();
    await page.getByRole('row', { name: 'Lists – Blocked news@x.example for you@demo.test' }).waitFor();
    await page.getByRole('button', { name: 'Try it' }).click();
    await page.getByRole('button', { name: 'Save these settings' }).click();
    await page.getByText('These settings are saved').waitFor();
    await open('/checks');
    await page.getByRole('button', { name: 'Change the thresholds of you@demo.test' }).waitFor();
    await open('/lists');
    await page.getByRole('link', { name: 'What if? Without news@x.example for you@demo.test' }).click();
    await page
      .getByRole('row', { name: 'Lists Blocked news@x.example for you@demo.test taken off' })
      .waitFor();
    await open('/what-if');
    await page.getByText('Thresholds', { exact: true }).click();
    await builder.getByLabel('Only for one mailbox').fill('you@demo.test');
    await builder.getByRole('button', { name: /^Propose those of the domain/ }).click();
    await row.getByText("the domain's").waitFor();
  });

  it('takes nothing from an address but a proposal, and says what the api has against one', async () => {
    await open('/what-if?proposal=%7Bbroken');
    await page.getByText('Nothing is proposed yet').waitFor();
    await open(proposing({ checks: [{ check: 'spf', weight: 5_000 }], evil: '<b>' }));
    await page.getByText('A weight is a number from 0 to 100.').waitFor();
    expect(await page.getByRole('button', { name: 'Save these settings' }).count()).toBe(0);
  });

  it('says of a mail under which settings it was judged, what differs now, and learns whether it was wanted', async () => {
    await open(proposing({ checks: [{ check: 'header-required', weight: 1 }] }));
    await card('Refused, and would be accepted').getByRole('link', { name: 'Hello 3' }).click();
    await page.getByText('header-required: weight was 2, now 12').waitFor();
    await page.getByRole('link', { name: /^Revision \d/ }).waitFor();
    await visit(page, `${panel.url}/quarantine`);
    await page
      .getByRole('link', { name: /Order 4/ })
      .first()
      .click();
    await page.getByRole('button', { name: 'Wanted', exact: true }).click();
    await page.getByText('Learned as wanted', { exact: true }).waitFor();
    await page.getByText('Learned as wanted, as was said by Ann Owner').waitFor();
    expect(await page.getByRole('button', { name: 'Unwanted' }).isEnabled()).toBe(true);
  });

  it('undoes an incident: what it refused is reviewed, one is taken out, and the rest delivered by one order', async () => {
    await open('/undo?pattern=*@shop.example');
    await page.getByRole('button', { name: 'Look what it did' }).click();
    await page.getByText('5 mails can be released.').waitFor();
    await page.getByRole('checkbox', { name: 'Release Order 2' }).uncheck();
    await page.getByText('4 of 5 to be released').waitFor();
    await page.getByLabel('Releases a minute').fill('0');
    expect(await page.getByRole('button', { name: 'Release 4 mails' }).isEnabled()).toBe(false);
    await page.getByLabel('Releases a minute').fill('6000');
    await page.getByRole('button', { name: 'Release 4 mails' }).click();
    const dialog = page.getByRole('dialog', { name: 'Release 4 mails?' });
    await dialog.getByText('because of the block entry *@shop.example will be delivered').waitFor();
    await dialog.getByText('1 mail that you took out stays in the quarantine.').waitFor();
    await dialog.getByRole('button', { name: 'Release', exact: true }).click();
    const undone = card('Orders').getByRole('listitem').filter({ hasText: '*@shop.example' });
    await undone.getByText('Finished').waitFor();
    await undone.getByText('Ann Owner').waitFor();
    await undone.locator('div', { hasText: /^4\s*delivered$/ }).waitFor();
  });

  it('advises from what was released', async () => {
    await eventually('the advice', async () => {
      await open('');
      return (await card('Advice').getByText('Sender lists: 4 of 5 refusals were released').count()) > 0;
    });
    await card('Advice').getByText('How often').click();
    await card('Advice').getByRole('row', { name: 'Sender lists 5 4 20.0 %' }).waitFor();
  });

  it('offers the versions of the learned words that judged mail, and undoes one; the command line lists the same', async () => {
    interface Listed {
      readonly items: readonly { readonly version: string; readonly mails: number }[];
    }
    let known: Listed = { items: [] };
    await eventually('a mail is judged by what was taught', async () => {
      await hello(5);
      known = await versions();
      return known.items.length > 0;
    });
    await open('/undo');
    await page.getByRole('radio', { name: 'Learned words' }).check();
    const choice = page.getByRole('group', { name: 'Version of the model' });
    await choice.getByText('Taught by 0 spam and').first().waitFor();
    expect(await choice.getByRole('radio').count()).toBeGreaterThanOrEqual(known.items.length);
    await page.getByRole('button', { name: 'Look what it did' }).click();
    await page.getByText('Say what was wrong.').waitFor();
    await choice.getByRole('radio').first().check();
    await page.getByRole('button', { name: 'Look what it did' }).click();
    await page.getByText('There is nothing to release.').waitFor();
    const { version = '' } = known.items[0] ?? {};
    const undo = ['undo', '--domain', 'demo.test', '--model', version, '--since', '2026-01-01'];
    const undone = await panel.instance.sluice(...undo);
    expect(undone.stdout.toString()).toContain(`Without model ${version} of bayes`);

    async function versions(): Promise<Listed> {
      return (
        await panel.instance.sluice('bayes', 'versions', '--domain', 'demo.test', '--json')
      ).json<Listed>();
    }
  });

  it('lets an auditor verify and take away the log, and look at an incident without ordering anything', async () => {
    const { page: reader } = await panel.open('/domains/demo.test/audit', { person: eve });
    await reader.getByRole('button', { name: 'Verify', exact: true }).click();
    await reader.getByText(/^\d+ decisions and the chains between them are whole, and all/).waitFor();
    const [download] = await Promise.all([
      reader.waitForEvent('download'),
      reader.getByRole('link', { name: 'Download' }).click(),
    ]);
    const file = join(panel.instance.dataDir, download.suggestedFilename());
    await download.saveAs(file);
    const key = await reader.getByLabel('Public key of this installation').inputValue();
    expect(await panel.instance.sluice('decisions', 'verify', file, '--key', key)).toMatchObject({
      status: 0,
    });
    await visit(reader, `${panel.url}/domains/demo.test/undo?pattern=*@shop.example`);
    await reader.getByRole('button', { name: 'Look what it did' }).click();
    await reader.getByText('Only an owner or an admin of the account can order').waitFor();
    expect(await reader.getByRole('button', { name: /^Release/ }).count()).toBe(0);
  });

  it('has nothing to complain of after all this', () => {
    // Refusals are answers with the status of a refusal, which the browser writes down by itself.
    expect(complaints.filter((line) => !/status of 4\d\d/.test(line))).toEqual([]);
  });

  it('is asked on a phone, too: a check is proposed, tried out, and found in all mail', async () => {
    const view = { size: 'phone', theme: 'dark' } as const;
    const { page: small } = await panel.open('/domains/demo.test/what-if', { view });
    await small.getByLabel('Check', { exact: true }).selectOption({ label: 'Required headers' });
    await small.getByLabel('Mode', { exact: true }).selectOption('Reject');
    await small.getByRole('button', { name: 'Propose' }).tap();
    await small.getByText('All', { exact: true }).tap();
    await small.getByRole('button', { name: 'Try it' }).tap();
    await small.locator('[data-result]').waitFor();
    expect(await faultsOf(small)).toEqual([]);
  });

  describe.each(views)('$size and $theme', (view) => {
    it.each([
      ['', 'Advice'],
      [proposing({ preset: 'strict' }), 'Refused, and would be accepted'],
      ['/undo', 'Orders'],
      ['/audit', 'Daily roots'],
    ])('%s is neither too wide nor anything that axe complains of', async (path, title) => {
      const { page: viewed, complaints: said } = await panel.open(`/domains/demo.test${path}`, { view });
      await card(title, viewed).waitFor();
      expect(await faultsOf(viewed)).toEqual([]);
      expect(said).toEqual([]);
    });
  });
});
