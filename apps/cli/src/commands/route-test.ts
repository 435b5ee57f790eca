/** `domain route NAME --test`: what a delivery would meet on the way to the domain's mail server, step by step. */
import { refused } from '../exit.ts';
import { type GlobalOptions, withApi } from '../options.ts';
import { printJson, safeText } from '../output.ts';

/** `urls`: instead of the route that is set. Fails where one of the hosts would not take mail. */
export async function testRoute(
  domain: string,
  urls: readonly string[],
  options: GlobalOptions,
): Promise<void> {
  await withApi(options, async ({ api }) => {
    const input = urls.length === 0 ? { domain } : { domain, urls: [...urls] };
    const { items } = await api.domains.testRoute.mutate(input);
    if (options.json === true) printJson({ items });
    else items.forEach(printHost);
    const closed = items.filter((one) => !one.ok).map(({ url }) => url);
    if (closed.length > 0) throw refused(`No mail could be delivered to ${closed.join(', ')}.`);
  });
}

interface Tested {
  readonly url: string;
  readonly steps: readonly {
    readonly name: string;
    readonly ok: boolean;
    readonly ms: number;
    readonly detail: string;
  }[];
}

function printHost({ url, steps }: Tested): void {
  console.log(url);
  for (const { name, ok, ms, detail } of steps) {
    console.log(`  ${ok ? '✓' : '✗'} ${name.padEnd(9)} ${`${ms} ms`.padStart(8)}  ${safeText(detail)}`);
  }
}
