/** The command line's way to the api: the operator's token from run.json, or --url and --token. */
import { createTRPCClient, httpLink, type TRPCClient, TRPCClientError } from '@trpc/client';
import type { AppRouter } from '@sluice/api/router';
import { readConfig, readRunFile } from '@sluice/environment';
import { CommandFailed, refused, unavailable, usage } from './exit.ts';

export interface Connection {
  readonly api: TRPCClient<AppRouter>;
  readonly url: string;
  readonly token: string;
}

export interface ConnectionOptions {
  readonly url?: string;
  readonly token?: string;
}

const requestDeadlineMs = 60_000;

export async function connect(options: ConnectionOptions): Promise<Connection> {
  const config = readConfig();
  if (!config.ok) throw usage(config.error.join('\n'));
  const run = await readRunFile(config.value.dataDir);
  const url = (options.url ?? run?.apiUrl)?.replace(/\/$/, '');
  const token = options.token ?? config.value.operatorToken ?? run?.operatorToken;
  if (url === undefined || token === undefined) {
    throw unavailable(
      `No running Sluice is known in ${config.value.dataDir}. Start it with \`npm start\`, set SLUICE_DATA_DIR, or give --url and --token.`,
    );
  }
  const headers = { authorization: `Bearer ${token}` };
  const withDeadline: typeof fetch = (input, init) =>
    fetch(input, { ...init, signal: AbortSignal.timeout(requestDeadlineMs) });
  const api = createTRPCClient<AppRouter>({
    links: [httpLink({ url: `${url}/trpc`, headers, fetch: withDeadline as never })],
  });
  return { api, url, token };
}

/** Raw bytes of one mail, as received. */
export async function fetchRaw({ url, token }: Connection, mailId: string): Promise<Uint8Array> {
  const response = await fetch(`${url}/mails/${encodeURIComponent(mailId)}/raw`, {
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(requestDeadlineMs),
  }).catch((error: unknown) => {
    throw asCommandFailure(error, url);
  });
  if (response.ok) return new Uint8Array(await response.arrayBuffer());
  const { error } = (await response.json().catch(() => ({}))) as { error?: string };
  const message = error ?? `The api answered ${response.status}.`;
  throw response.status >= 500 ? unavailable(message) : refused(message);
}

/** What an error of the api means for the person at the terminal. */
export function asCommandFailure(error: unknown, url: string): CommandFailed {
  if (error instanceof CommandFailed) return error;
  if (!(error instanceof TRPCClientError)) return unreachable(error, url);
  const code = (error.data as { code?: string } | undefined)?.code;
  switch (code) {
    case undefined:
      return unreachable(error.cause ?? error, url);
    case 'BAD_REQUEST':
      return usage(readable(error.message));
    case 'SERVICE_UNAVAILABLE':
    case 'INTERNAL_SERVER_ERROR':
    case 'TIMEOUT':
      return unavailable(error.message);
    default:
      return refused(error.message);
  }
}

const unreachable = (error: unknown, url: string): CommandFailed => {
  const { cause, message } = error instanceof Error ? error : { cause: undefined, message: String(error) };
  const why = cause instanceof Error ? cause.message : message;
  return unavailable(`The api at ${url} does not answer (${why}). Is Sluice running?`);
};

/** Zod's issues come as JSON; a person wants the sentence. */
function readable(message: string): string {
  try {
    const issues = JSON.parse(message) as { path: (string | number)[]; message: string }[];
    return issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  } catch {
    return message;
  }
}
