/** The pages of a domain in a real browser: every change is made there, is in force at the edge, and mail sent by SMTP afterwards is judged by it. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendMail, type SmtpReply } from '../support/smtp-client.ts';
import { startSmtpSink, type SmtpSink } from '../support/smtp-sink.ts';
import { hasBrowser, views, visit } from './support/browser.ts';
import { faultsOf } from './support/inspect.ts';
import { usePanel } from './support/panel.ts';
import { ann, eve } from './support/people.ts';

describe.skipIf(!hasBrowser)('the pages of a domain (needs chromium)', () => {
  const panel = usePanel([ann, eve]);
  let sink: SmtpSink;
  let page: Page;
  let complaints: readonly string[];

  beforeAll(async () => {
    sink = await startSmtpSink();
    const { instance } = panel;
    await instance.sluice('domain', 'route', 'demo.test', `smtp://127.0.0.1:${sink.port}?tls=none`);
    ({ page, complaints } = await panel.open('/'));
  });
  afterAll(() => sink?.close());

  async function open(path: string): Promise<void> {
    await visit(page, `${panel.url}/domains/demo.test${path}`);
  }
  const check = (name: string) => page.locator(`#check-${name}`);
  const inForce = (within = page.locator('#main')): Promise<void> =>
    within
      .getByText(/^In force at all edges after \d+\.\d s$/)
      .first()
      .waitFor();

  /** A mail from a good sender, but for what is given. */
  async function send(from: string, ...headers: readonly string[]): Promise<SmtpReply> {
    const lines = [`From: ${from}`, 'To: you@demo.test', ...headers, '', 'Hello', ''];
    const raw = Buffer.from(lines.join('\r\n'));
    return (await sendMail({ port: panel.instance.ports.smtp, from, to: ['you@demo.test'], raw })).final;
  }

  it('changes the mode of a check, says when it is in force, and mail is judged by it; undo takes it back', async () => {
    expect((await send('friend@good.example', 'Subject: no date')).code).toBe(250);
    await open('/checks');
    await check('header-required').getByRole('radio', { name: 'Reject' }).click();
    await inForce(check('header-required'));
    await check('header-required').getByText('Changed from Balanced').waitFor();
    expect((await send('friend@good.example', 'Subject: no date')).code).toBe(550);
    await page.getByRole('button', { name: 'Undo' }).click();
    await check('header-required').getByText('Changed from Balanced').waitFor({ state: 'detached' });
    await inForce(check('header-required'));
    expect((await send('friend@good.example', 'Subject: no date')).code).toBe(250);
  });

  it('saves what is set in the form of a check, opened by its anchor, and goes back to the preset', async () => {
    const mail = () => send('friend@good.example', `Date: ${new Date().toUTCString()}`);
    await open('/checks#check-header-required');
    await check('header-required').getByRole('radio', { name: 'Reject' }).click();
    await inForce(check('header-required'));
    expect((await mail()).code).toBe(250);
    await check('header-required').getByRole('checkbox', { name: 'message-id' }).check();
    await check('header-required').getByRole('button', { name: 'Save' }).click();
    await check('header-required').getByText('Not saved yet').waitFor({ state: 'detached' });
    await inForce(check('header-required'));
    expect((await mail()).code).toBe(550);
    await check('header-required').getByRole('button', { name: 'Back to Balanced' }).click();
    await check('header-required').getByText('Changed from Balanced').waitFor({ state: 'detached' });
    await inForce(check('header-required'));
    expect((await mail()).code).toBe(250);
  });

  it('shows why a value is not taken beside its field, in the words of the api', async () => {
    await open('/checks#check-dnsbl');
    const form = check('dnsbl').locator('form');
    await form.getByLabel('Zone', { exact: true }).first().fill('not a zone');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText('Write the name of a DNS list, such as zen.spamhaus.org.').waitFor();
    expect(await form.getByLabel('Zone', { exact: true }).first().getAttribute('aria-invalid')).toBe('true');
    await form.getByRole('button', { name: 'Discard' }).click();
    await form.getByLabel('Weight').fill('1000');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText('A weight is a number from 0 to 100.').waitFor();
    await form.getByLabel('Weight').fill('many');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText('Write a number.').waitFor();
    await form.getByRole('button', { name: 'Discard' }).click();
    expect(await form.getByLabel('Zone', { exact: true }).first().inputValue()).toBe('zen.spamhaus.org');
  });

  it('sets thresholds, and says what is wrong with them', async () => {
    await open('/checks');
    await page.getByLabel('Mark from').fill('20');
    await page.getByRole('button', { name: 'Save' }).first().click();
    await page.getByText('tag ≤ hold ≤ reject').waitFor();
    await page.getByLabel('Mark from').fill('3.5');
    await page.getByRole('button', { name: 'Save' }).first().click();
    await inForce();
    await page.getByRole('img', { name: /marked from 3\.5/ }).waitFor();
  });

  it('gives single mailboxes thresholds of their own, and takes them back', async () => {
    await open('/checks');
    await page.getByRole('button', { name: 'Add a mailbox' }).click();
    const form = page.getByRole('form', { name: 'Thresholds of a mailbox' });
    await form.getByLabel('Mailbox').fill('bob@elsewhere.test');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText('bob@elsewhere.test is no mailbox of demo.test.').waitFor();
    await form.getByLabel('Mailbox').fill('Bob@demo.test');
    await form.getByLabel('Mark from').fill('1');
    await form.getByRole('button', { name: 'Save' }).click();
    await inForce();
    await page.getByRole('button', { name: 'Change the thresholds of bob@demo.test' }).click();
    const change = page.getByRole('form', { name: 'Thresholds of bob@demo.test' });
    await change.getByLabel('Hold from').fill('2');
    await change.getByRole('button', { name: 'Save' }).click();
    await inForce();
    const row = page.getByRole('listitem').filter({ hasText: 'bob@demo.test' });
    expect(await row.getByRole('definition').allInnerTexts()).toEqual(['1', '2', '10']);
    await row.getByRole('button', { name: 'Remove the thresholds of bob@demo.test' }).click();
    await page.getByText('No mailbox has its own.').waitFor();
    await inForce();
  });

  it('leaves the verdict out of the header of accepted mail, and puts it back', async () => {
    await open('');
    await page.getByRole('button', { name: 'Leave it out' }).click();
    await page.getByText('It is left out.').waitFor();
    await inForce();
    await page.getByRole('button', { name: 'Add it' }).click();
    await page.getByText('It is added').waitFor();
    await inForce();
  });

  it('knows of what was typed before its script had come', async () => {
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    await page.route('**/*.js', async (route) => {
      await held;
      await route.continue();
    });
    await page.goto(`${panel.url}/domains/demo.test/checks`, { waitUntil: 'commit' });
    await page.getByLabel('Mark from').fill('3');
    letGo();
    await page.getByRole('button', { name: 'Save' }).first().click();
    await inForce();
    await page.getByRole('img', { name: /marked from 3(?!\.)/ }).waitFor();
    await page.unroute('**/*.js');
  });

  it('tells what another preset changes before it is chosen', async () => {
    await open('/checks');
    await page.getByRole('button', { name: 'Choose Strict' }).click();
    const dialog = page.getByRole('dialog', { name: 'Choose Strict?' });
    await dialog.getByRole('row', { name: 'DKIM signatures Score Reject' }).waitFor();
    await dialog.getByRole('row', { name: 'Refuse from 10 points 7 points' }).waitFor();
    await dialog.getByRole('button', { name: 'Choose' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await inForce();
    expect(await check('dkim').getByRole('radio', { name: 'Reject' }).isChecked()).toBe(true);
    expect(await page.getByText('Changed from').count()).toBe(0);
    await page.getByRole('button', { name: 'Choose Balanced' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Choose' }).click();
    await inForce();
  });

  it('blocks a sender, whose next mail is refused, and takes it back', async () => {
    const mail = () => send('clerk@shop.example', `Date: ${new Date().toUTCString()}`);
    expect((await mail()).code).toBe(250);
    await open('/lists');
    await page.getByLabel('Sender or server').fill('*@shop.example');
    await page.getByText('All senders at shop.example').waitFor();
    await page.getByLabel('Note').fill('asked them twice');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('listitem').filter({ hasText: 'asked them twice' }).getByText('Ann Owner').waitFor();
    await inForce();
    expect(await mail()).toMatchObject({ code: 550 });
    await page.getByRole('button', { name: 'Remove *@shop.example from the block list' }).click();
    await page.getByText('*@shop.example is off the block list').waitFor();
    await inForce();
    expect((await mail()).code).toBe(250);
  });

  it('says what is wrong with an entry and keeps what was typed; several are pasted at once', async () => {
    await open('/lists');
    await page.getByLabel('Sender or server').fill('no pattern!');
    await page.getByText('This is no address, no domain and no network yet.').waitFor();
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('“no pattern!” is no pattern').waitFor();
    expect(await page.getByLabel('Sender or server').inputValue()).toBe('no pattern!');
    await page.getByRole('button', { name: 'Paste many' }).click();
    await page.getByLabel('Entries', { exact: true }).fill('one.example # first\n\nnot one!\n203.0.113.0/24');
    await page.getByRole('button', { name: 'Add 3 entries' }).click();
    await page.getByText('1 entry was not taken').waitFor();
    expect(await page.getByLabel('Entries', { exact: true }).inputValue()).toBe('not one!');
    await page.keyboard.press('Escape');
    await page.getByText('203.0.113.0/24', { exact: true }).last().waitFor();
    await page.getByLabel('Search the lists').fill('first');
    await page.getByText('1 found').waitFor();
  });

  it('adds an entry without any script', async () => {
    const { page: plain } = await panel.open('/domains/demo.test/lists', { script: false });
    await plain.getByLabel('Sender or server').fill('192.0.2.77');
    await plain.getByRole('button', { name: 'Add', exact: true }).click();
    await plain.getByRole('listitem').getByText('192.0.2.77', { exact: true }).waitFor();
  });

  it('tries a route out, as it is and as it might be', async () => {
    await open('/route');
    await page.getByRole('button', { name: 'Test', exact: true }).click();
    await page.getByText('Would take mail').waitFor();
    await page.getByText('postmaster@demo.test is taken.').waitFor();
    await page.getByRole('textbox', { name: 'Port' }).fill('1');
    await page.getByRole('button', { name: 'Test before saving' }).click();
    await page.getByText('Would not take mail').waitFor();
    await page.getByText('not reached').first().waitFor();
    await page.getByRole('button', { name: 'Discard' }).click();
    expect(await page.getByRole('textbox', { name: 'Port' }).inputValue()).toBe(String(sink.port));
  });

  it('saves a route of several hosts, and refuses private ones to all but the operator', async () => {
    await open('/route');
    await page.getByRole('button', { name: 'Add a fallback' }).click();
    await page.getByLabel('Host or address').last().fill('smtp://mail.demo.example:2525?tls=required');
    expect(await page.getByLabel('Port').last().inputValue()).toBe('2525');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('only the operator can route mail there').waitFor();
    await page.getByRole('button', { name: 'First host: remove' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await inForce();
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByText('mail.demo.example, port 2525, always encrypted').waitFor();
  });

  it('asks before edits are left behind', async () => {
    await open('/checks#check-spf');
    await check('spf').getByLabel('Left alone').fill('*.forwarder.example');
    page.once('dialog', (dialog) => void dialog.dismiss());
    await page.getByRole('link', { name: 'History' }).click();
    expect(await check('spf').getByLabel('Left alone').inputValue()).toBe('*.forwarder.example');
    page.once('dialog', (dialog) => void dialog.accept());
    await page.getByRole('link', { name: 'History' }).click();
    await page.waitForURL('**/history');
  });

  it('tells who changed what, and shows the settings as they were', async () => {
    await open('/history?kind=lists');
    const blocked = page
      .getByRole('listitem')
      .filter({ hasText: 'Blocked *@shop.example (asked them twice)' });
    await blocked.getByText('Ann Owner').waitFor();
    await blocked.getByRole('link', { name: /Settings at revision/ }).click();
    await page.getByRole('row', { name: /Lists Block \*@shop\.example –/ }).waitFor();
    await page.getByRole('row', { name: /Route 127\.0\.0\.1/ }).waitFor();
  });

  it('adds a domain and says what is left to do', async () => {
    await visit(page, `${panel.url}/domains`);
    await page.getByRole('link', { name: 'Add a domain' }).click();
    await page.getByLabel('Name').fill('no domain');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('is no domain name').waitFor();
    await page.getByLabel('Name').fill('New-One.example');
    await page.getByRole('radio', { name: 'Strict' }).check();
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('heading', { name: 'new-one.example', level: 1 }).waitFor();
    await page.getByText('Not proven yet').waitFor();
    await page.getByText('Say where good mail goes').waitFor();
    await page.getByText('Preset Strict').waitFor();
    expect(await page.title()).toBe('new-one.example · Sluice');
  });

  it('is to be looked at only by those who may not change settings', async () => {
    const { page: reader } = await panel.open('/', { person: eve });
    for (const path of ['/checks#check-spf', '/lists', '/route']) {
      await visit(reader, `${panel.url}/domains/demo.test${path}`);
      await reader.getByText('You can look at these settings as Auditor').waitFor();
      expect(await reader.getByRole('button', { name: /^(Save|Add|Choose)\b/ }).count()).toBe(0);
    }
    expect(await reader.getByLabel('Host or address').isEnabled()).toBe(false);
  });

  it('has nothing to complain of after all this', () => {
    // Refusals are answers with the status of a refusal, which the browser writes down by itself.
    expect(complaints.filter((line) => !/status of 4\d\d/.test(line))).toEqual([]);
  });

  describe.each(views)('$size and $theme', (view) => {
    it.each([
      '',
      '/add',
      '/demo.test',
      '/new-one.example',
      '/demo.test/route',
      '/demo.test/lists',
      '/demo.test/checks#check-dnsbl',
      '/demo.test/history',
      '/demo.test/history/3',
    ])('%s is neither too wide nor anything that axe complains of', async (path) => {
      const { page: viewed, complaints: said } = await panel.open(`/domains${path}`, { view });
      await viewed.getByRole('heading', { level: 1 }).waitFor();
      expect(await faultsOf(viewed)).toEqual([]);
      expect(said).toEqual([]);
    });
  });
});
