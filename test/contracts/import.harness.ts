/** An import as an operator runs it: the command line as a process of its own, against the intake of a test's centre. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { edgeToken } from '@sluice/intake';
import { type Centre, secret } from './intake.harness.ts';
import { startTestIntake } from './intake.http.harness.ts';

const main = fileURLToPath(new URL('../../apps/cli/src/main.ts', import.meta.url));

export const edge = 'import-test';

export interface ImportReport {
  readonly status: number | null;
  readonly stderr: string;
  /** What it printed as JSON. */
  readonly report: Readonly<Record<string, unknown>>;
}

export interface Importer {
  /** Data folder of the import, and the archive of mails beside it. */
  readonly dataDir: string;
  readonly archive: string;
  write(from: number, to: number): void;
  run(domain: string, ...options: readonly string[]): Promise<ImportReport>;
  /** Begins a run that will be killed. */
  begin(domain: string): ChildProcess;
  stopIntake(): Promise<void>;
  close(): Promise<void>;
}

/** A mail by its number; each says its number in its subject. */
export const numberedMail = (number: number): string =>
  [
    'Return-Path: <alice@sender.example>',
    'Delivered-To: bob@old.example',
    'Received: from mx.sender.example (mx.sender.example [198.51.100.7]) by old.example;',
    `\tThu, 22 Aug 2002 12:${String(number % 60).padStart(2, '0')}:23 +0000`,
    'From: Alice <alice@sender.example>',
    'To: bob@old.example',
    `Subject: number${number} of an archive`,
    'Date: Thu, 22 Aug 2002 12:00:00 +0000',
    `Message-ID: <${number}@sender.example>`,
    '',
    `The sluice of ${number} is open.`,
    '',
  ].join('\n');

export async function startImporter(centre: Centre): Promise<Importer> {
  const intake = await startTestIntake(centre);
  const folder = mkdtempSync(join(tmpdir(), 'sluice-import-'));
  const archive = join(folder, 'archive');
  mkdirSync(archive);
  const dataDir = join(folder, 'data');
  const outer = Object.entries(process.env).filter(([name]) => !name.startsWith('SLUICE_'));
  const env = {
    ...(Object.fromEntries(outer) as Record<string, string>),
    SLUICE_DATA_DIR: dataDir,
    SLUICE_INTAKE_URL: intake.url,
    SLUICE_INTAKE_TOKEN: edgeToken(secret, edge),
  };
  const start = (domain: string, options: readonly string[]) =>
    spawn(process.execPath, [main, 'archive', 'import', archive, '--domain', domain, '--json', ...options], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });

  let stopped: Promise<void> | undefined;
  const stopIntake = (): Promise<void> => (stopped ??= intake.close());

  return {
    dataDir,
    archive,
    write(from, to) {
      for (let number = from; number < to; number += 1) {
        writeFileSync(join(archive, `${number}.eml`), numberedMail(number));
      }
    },
    async run(domain, ...options) {
      const child = start(domain, options);
      const [stdout, stderr] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, 'close'),
      ]);
      const report = stdout === '' ? {} : (JSON.parse(stdout) as Record<string, unknown>);
      return { status: child.exitCode, stderr, report };
    },
    begin: (domain) => start(domain, []),
    stopIntake,
    async close() {
      await stopIntake();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
