/** `domain advice`: what each check refused that people released after all, and what to set instead. */
import type { Command } from 'commander';
import { apiCommand, type GlobalOptions, wholeNumber, withApi } from '../options.ts';
import { printJson, printList, safeText } from '../output.ts';
import { type ProposalInput, whatIfCommand } from '../proposal.ts';

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

export const advice = (): Command =>
  apiCommand('advice', 'learned from releases: how often each check was wrong, and what to set instead')
    .argument('<name>')
    .option('--days <n>', 'refusals of the last so many days (default: 30)', wholeNumber)
    .action(async (domain: string, { days, ...options }: GlobalOptions & { readonly days?: number }) =>
      withApi(options, async ({ api }) => {
        const shown = await api.advice.show.query({ domain, ...(days && { days }) });
        if (options.json === true) {
          printJson(shown);
          return;
        }
        printList(
          shown.items,
          [
            { title: 'CHECK', value: (one) => (one.source === '' ? one.check : `  ${one.source}`), max: 40 },
            { title: 'MODE', value: (one) => (one.source === '' ? one.mode : '') },
            { title: 'REFUSED', value: (one) => one.refused },
            { title: 'ALONE', value: (one) => one.decided },
            { title: 'RELEASED', value: (one) => one.released },
            { title: 'PRECISION', value: (one) => percent(one.precision) },
          ],
          { json: false, empty: 'Nothing has been refused yet.' },
        );
        for (const { sentence, proposal } of shown.advice) {
          console.log(`\n${safeText(sentence)}`);
          // The api's proposal is what the api takes as one; only the types of the wire differ.
          const given = proposal as ProposalInput;
          if (Object.keys(proposal).length > 0)
            console.log(`  Try it: ${safeText(whatIfCommand(domain, given))}`);
        }
      }),
    );
