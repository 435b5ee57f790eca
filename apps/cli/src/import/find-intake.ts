/** Where an import hands in, and as which edge: the instance on this machine, or the intake that the configuration names. */
import { type Config, readRunFile } from '@sluice/environment';
import { unavailable, usage } from '../exit.ts';
import { loadSecrets } from '../up/secrets.ts';

export interface IntakePlace {
  readonly url: string;
  readonly token: string;
  /** Name of the edge that the token proves. */
  readonly edge: string;
}

const prefix = 'import-';

/** An edge of its own beside the mx of the machine: each continues its own chain of decisions. */
const importEdgeName = ({ edgeName, hostname }: Pick<Config, 'edgeName' | 'hostname'>): string =>
  `${prefix}${edgeName ?? hostname}`.slice(0, 63);

export async function findIntake(config: Config): Promise<IntakePlace> {
  const { intakeUrl: url, intakeToken: token } = config;
  return url !== undefined && token !== undefined ? named(config, url, token) : onThisMachine(config);
}

function named(config: Config, url: string, token: string): IntakePlace {
  const edge = token.slice(0, Math.max(0, token.lastIndexOf('.')));
  if (edge.startsWith(prefix)) return { url, token, edge };
  throw usage(
    `SLUICE_INTAKE_TOKEN is not that of an import: \`npx sluice edge-token ${importEdgeName(config)}\` on the machine of the intake prints one.`,
  );
}

async function onThisMachine(config: Config): Promise<IntakePlace> {
  const run = await readRunFile(config.dataDir);
  const port = run?.ports['intake'];
  if (run?.pid === undefined || port === undefined) {
    throw unavailable(
      `No running Sluice is known in ${config.dataDir}. Start it with \`npm start\`, set SLUICE_DATA_DIR, or set SLUICE_INTAKE_URL and SLUICE_INTAKE_TOKEN.`,
    );
  }
  const [{ edgeToken }, { secret }] = await Promise.all([import('@sluice/intake'), loadSecrets(config)]);
  const edge = importEdgeName(config);
  const host = ['0.0.0.0', '::'].includes(config.bind) ? '127.0.0.1' : config.bind;
  return { url: `http://${host}:${port}`, token: edgeToken(secret, edge), edge };
}
