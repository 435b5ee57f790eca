/** What an edge knows of a domain: from the edge's own files on this machine, or from the api while the edge has them open. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packTokens } from '@sluice/core/bayes/token-digest.ts';
import { tokenizerVersion } from '@sluice/core/bayes/tokenize.ts';
import type { Policy } from '@sluice/core/policy/policy.ts';
import { currentEdition, presetPolicy } from '@sluice/core/policy/presets.ts';
import type { BayesModels } from '@sluice/core/ports/bayes-models.ts';
import type { Config } from '@sluice/environment';
import { EdgeFileError, openBayesReplica, openReplica } from '@sluice/sqlite-edge';
import { asCommandFailure, connect, type Connection } from '../client.ts';
import { refused } from '../exit.ts';

export interface EdgeView {
  /** Undefined where no domain was named. */
  readonly domainId: string | undefined;
  readonly policy: Policy;
  /** Undefined where nobody can be asked what was taught. */
  readonly bayes: BayesModels | undefined;
  close(): void;
}

/** Throws `CommandFailed` where the domain is not known. Without a domain: the preset balanced. */
export async function openEdgeView(config: Config, domain: string | undefined): Promise<EdgeView> {
  const folder = join(config.dataDir, 'edge');
  try {
    return ownFiles(folder, domain?.toLowerCase());
  } catch (error) {
    if (!(error instanceof EdgeFileError)) throw error;
    return fromApi(domain);
  }
}

const presetAlone = (): Policy => ({
  revision: 0,
  lists: [],
  serviceLists: [],
  ...presetPolicy('balanced', currentEdition),
});

function ownFiles(folder: string, domain: string | undefined): EdgeView {
  const known = domain === undefined ? undefined : knownDomain(folder, domain);
  const file = join(folder, 'bayes.db');
  const models = existsSync(file) ? openBayesReplica({ file }) : undefined;
  return {
    domainId: known?.domainId,
    policy: known?.policy ?? presetAlone(),
    bayes: models,
    close: () => models?.close(),
  };
}

function knownDomain(folder: string, domain: string) {
  const replica = openReplica({ file: join(folder, 'replica.db') });
  try {
    const known = replica.domain(domain);
    if (known === undefined) throw refused(`The edge on this machine knows no domain ${domain}.`);
    return known;
  } finally {
    replica.close();
  }
}

async function fromApi(domain: string | undefined): Promise<EdgeView> {
  const connection = await connect({});
  const view = { bayes: modelsOf(connection), close: () => undefined };
  if (domain === undefined) return { ...view, domainId: undefined, policy: presetAlone() };
  try {
    const { id, policy } = await connection.api.dryRun.policy.query({ domain });
    return { ...view, domainId: id, policy };
  } catch (error) {
    throw asCommandFailure(error, connection.url);
  }
}

/** Asks for the counts of one mail's tokens. */
const modelsOf = ({ api, url }: Connection): BayesModels => ({
  // Nobody but the api knows; it answers nothing where nothing was taught.
  knows: () => true,
  async read(modelId, tokens) {
    const question = { modelId, tokenizer: tokenizerVersion, tokens: packTokens(tokens) };
    const { counts } = await api.dryRun.counts.query(question).catch((error: unknown) => {
      throw asCommandFailure(error, url);
    });
    if (counts === undefined) return undefined;
    const { pairs, ...total } = counts;
    // They come in ascending order.
    const places = new Map([...tokens].sort((one, other) => one - other).map((token, at) => [token, at]));
    const each = (kind: 'spam' | 'ham') =>
      Uint32Array.from(tokens, (token) => pairs[places.get(token) ?? -1]?.[kind] ?? 0);
    return { ...total, spams: each('spam'), hams: each('ham') };
  },
});
