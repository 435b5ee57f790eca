/** `edge-token`: the token with which an edge of that name hands in what it decided. */
import { Command } from 'commander';
import { printJson } from '../output.ts';
import { loadSecrets } from '../up/secrets.ts';
import { configOrFail } from './config.ts';

export const edgeTokenCommand = (): Command =>
  new Command('edge-token')
    .description('token of an edge on another machine, for its SLUICE_INTAKE_TOKEN')
    .argument('<name>', 'its SLUICE_EDGE_NAME, or else its SLUICE_HOSTNAME')
    .option('--json', 'print JSON')
    .action(async (name: string, { json }: { readonly json?: boolean }) => {
      const { edgeToken } = await import('@sluice/intake');
      const { secret } = await loadSecrets(configOrFail());
      const token = edgeToken(secret, name);
      if (json === true) printJson({ id: name, token });
      else console.log(token);
    });
