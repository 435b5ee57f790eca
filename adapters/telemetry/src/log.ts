/** Logs: one line an event, for people on a terminal or as JSON for machines; secrets are cut out by name. */
import { pino } from 'pino';

export interface LogFields {
  readonly [name: string]: unknown;
}

/** What our code logs through. Fields first, then one plain sentence. */
export interface Log {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  /** The same log with fields that every line carries. */
  with(fields: LogFields): Log;
}

export interface LogOptions {
  readonly role: string;
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly format: 'pretty' | 'json';
  /** Default: standard output. */
  readonly write?: (line: string) => void;
}

const redact = [
  'password',
  'token',
  'secret',
  'key',
  'authorization',
  'cookie',
  '*.password',
  '*.token',
  '*.secret',
  '*.key',
];

export function createLog({
  role,
  level,
  format,
  write = (line) => process.stdout.write(line),
}: LogOptions): Log {
  const stream = { write: format === 'pretty' ? (line: string) => write(prettyLine(line)) : write };
  const logger = pino(
    {
      level,
      base: { role },
      redact: { paths: redact, censor: '(hidden)' },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    stream,
  );
  return wrap(logger);
}

const wrap = (logger: pino.Logger): Log => ({
  debug: (fields, message) => logger.debug(fields, message),
  info: (fields, message) => logger.info(fields, message),
  warn: (fields, message) => logger.warn(fields, message),
  error: (fields, message) => logger.error(fields, message),
  with: (fields) => wrap(logger.child(fields)),
});

/** A log that keeps nothing, for tests and benchmarks. */
export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  with: () => silentLog,
};

const levelMarks: Readonly<Record<number, string>> = { 20: '·', 30: ' ', 40: '!', 50: '✗', 60: '✗' };

/** `12:00:01 mx          sentence  name=value`: the prefix is the role, so that all roles can share a terminal. */
function prettyLine(json: string): string {
  const {
    time,
    level,
    role,
    msg,
    pid: _pid,
    hostname: _host,
    ...fields
  } = JSON.parse(json) as {
    time: string;
    level: number;
    role: string;
    msg: string;
    [name: string]: unknown;
  };
  const details = Object.entries(fields).map(([name, value]) => `${name}=${fieldText(value)}`);
  const line = `${time.slice(11, 19)} ${levelMarks[level] ?? ' '} ${role.padEnd(11)} ${msg} ${details.join(' ')}`;
  return `${withoutControls(line.trimEnd())}\n`;
}

function fieldText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /^[^\s"]{1,120}$/.test(text) ? text : JSON.stringify(text.slice(0, 300));
}

/** Hostile text must not steer the terminal. */
const withoutControls = (text: string): string => text.replace(/\p{Cc}/gu, '�');
