/** Pictures of pages in every size and face, with what axe and the console say of them, for those who build the panel. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { complaintsOf, everyView, launch, openContext, signIn } from './browser.ts';
import { faultsOf } from './inspect.ts';

const usage = `node test/panel/support/shots.ts --url URL --email E --password P [--out DIR] [--full] PATH…
Without --email nobody is signed in. Writes DIR/<path>-<size>-<theme>.png.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    url: { type: 'string' },
    email: { type: 'string' },
    password: { type: 'string', default: '' },
    out: { type: 'string', default: '/tmp/shots' },
    /** The whole page, not only what the window shows. */
    full: { type: 'boolean', default: false },
  },
});
const { url, email, password, out, full } = values;
if (url === undefined || positionals.length === 0) throw new Error(usage);
await mkdir(out, { recursive: true });

const browser = await launch();
for (const view of everyView) {
  const context = await openContext(browser, view);
  const page = await context.newPage();
  const complaints = complaintsOf(page);
  if (email !== undefined) await signIn(page, url, { email, password });
  for (const path of positionals) {
    await page.goto(url + path, { waitUntil: 'load' });
    // Live connections never end; the first answers of scripts come soon after the load.
    await page.waitForTimeout(600);
    const name = path.replaceAll(/[^a-z0-9]+/gi, '-').replaceAll(/^-|-$/g, '') || 'home';
    const file = join(out, `${name}-${view.size}-${view.theme}.png`);
    await page.screenshot({ path: file, fullPage: full });
    console.log(file);
    for (const fault of await faultsOf(page)) console.log(`  ${fault}`);
  }
  for (const complaint of new Set(complaints)) console.log(`  ${complaint}`);
  await context.close();
}
await browser.close();
