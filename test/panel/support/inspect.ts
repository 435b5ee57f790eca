/** What is wrong with a page as it stands: found by axe, or by looking whether it is wider than its window. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/** Bytes of all scripts of the page that is open, as they came over the wire. */
export const scriptBytes = (page: Page): Promise<number> =>
  page.evaluate<number>(
    `performance.getEntriesByType('resource')
      .filter((one) => new URL(one.name).pathname.endsWith('.js'))
      .reduce((sum, one) => sum + one.encodedBodySize, 0)`,
  );

/** One line a finding. */
export async function faultsOf(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page })
    // A mail in its frame is not ours to judge; and where no script may run, axe waits for ever for its own.
    .exclude('iframe[sandbox]')
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map(
      (node) => `${id}: ${node.target.join(' ')} ${node.failureSummary?.split('\n')[1]?.trim() ?? ''}`,
    ),
  );
  // Not against innerWidth: a phone's grows with the page.
  const width = await page.evaluate<number>('document.documentElement.scrollWidth');
  const tooWide = width - (page.viewportSize()?.width ?? width);
  return tooWide > 0 ? [...found, `wider than the window by ${tooWide} px`] : found;
}
