/** Options that many commands share, and how a command runs: connected, and failing with one sentence. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { asCommandFailure, connect, type Connection } from './client.ts';

export interface GlobalOptions {
  readonly json?: boolean;
  readonly url?: string;
  readonly token?: string;
}

/** A command of the api: its action is handed a connection and its options. */
export function apiCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option('--json', 'print JSON')
    .addOption(new Option('--url <url>', 'address of the api (default: the running instance)'))
    .addOption(new Option('--token <token>', "the operator's token (default: the running instance's)"));
}

/** Runs with a connection; whatever goes wrong becomes a sentence and an exit status. */
export async function withApi<T>(
  options: GlobalOptions,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await connect(options);
  try {
    return await work(connection);
  } catch (error) {
    throw asCommandFailure(error, connection.url);
  }
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It has to be a whole number.');
  return Number(text);
}

/** A day, or a time with its zone, as ISO 8601. */
export function time(text: string): string {
  const at = new Date(text);
  if (Number.isNaN(at.getTime()))
    throw new InvalidArgumentError('It has to be a time like 2026-11-22 or 2026-11-22T14:00:00Z.');
  return at.toISOString();
}

/** `k=v` pairs; a value is read as JSON where it is JSON, else as text. */
export function settingPair(
  text: string,
  before: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It has to be written name=value.');
  return { ...before, [text.slice(0, at)]: settingValue(text.slice(at + 1)) };
}

function settingValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
