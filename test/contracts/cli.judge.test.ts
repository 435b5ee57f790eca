/** The dry run of a mail at the command line knows what was taught: from the api while the edge has its files open, else from those. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { IntakeRefusal } from '@sluice/core/ports/intake.ts';
import type { Result } from '@sluice/core/kernel/result.ts';
import { edgeToken, serveIntake } from '@sluice/intake';
import { createIntakeClient } from '@sluice/intake-client';
import { openBayesReplica, openReplica } from '@sluice/sqlite-edge';
import { createMetrics, silentLog } from '@sluice/telemetry';
import { call, startApi, type TestApi } from './api.harness.ts';
import { must, secret } from './intake.harness.ts';
import { usePostgres } from './support/postgres.ts';

const main = fileURLToPath(new URL('../../apps/cli/src/main.ts', import.meta.url));
const server = usePostgres();
let api: TestApi;
let folder: string;

beforeAll(async () => {
  api = await startApi(server.url);
  folder = mkdtempSync(join(tmpdir(), 'sluice-judge-'));
  mkdirSync(join(folder, 'edge'));
  const run = { apiUrl: api.url, operatorToken: 'operator' };
  writeFileSync(join(folder, 'run.json'), JSON.stringify(run));
  for (const kind of ['spam', 'ham'] as const) {
    mkdirSync(join(folder, kind));
    for (let at = 0; at < 3; at++) writeFileSync(join(folder, kind, `${at}.eml`), mail(bodies[kind], at));
  }
  writeFileSync(join(folder, 'new.eml'), mail(bodies.spam, 9));
});
afterAll(async () => {
  await api?.close();
  rmSync(folder, { recursive: true, force: true });
});

const bodies = {
  spam: 'Cheap pills and watches, order today',
  ham: 'Minutes of the meeting about the garden fence',
};
const mail = (body: string, number: number): string =>
  `From: a@sender.example\nTo: b@ours.example\nSubject: ${number}\nDate: Sun, 22 Nov 2026 12:00:00 +0000\n\n${body}\n`;

async function sluice(...words: readonly string[]): Promise<Record<string, unknown>> {
  const outer = Object.entries(process.env).filter(([name]) => !name.startsWith('SLUICE_'));
  // Nobody answers: what DNS says is no matter here.
  const env = { ...Object.fromEntries(outer), SLUICE_DATA_DIR: folder, SLUICE_DNS: '127.0.0.1:9' };
  const child = spawn(process.execPath, [main, ...words, '--json'], { env });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Record<string, unknown>;
}

const judge = async () => {
  const { name } = api.ours.domain;
  const judged = await sluice(
    'mail',
    'judge',
    join(folder, 'new.eml'),
    '--domain',
    name,
    '--to',
    `b@${name}`,
  );
  const [recipient] = judged['recipients'] as [{ findings: { check: string; sentence: string }[] }];
  return recipient.findings.find(({ check }) => check === 'bayes')?.sentence;
};

/** As the mx of this machine keeps them. */
async function fillEdge(): Promise<Disposable> {
  const { packs, postgres, context } = api.centre;
  const parts = { ...context.ports, packs, postgres, metrics: createMetrics('intake'), log: silentLog };
  const intake = await serveIntake(parts, { host: '127.0.0.1', port: 0, secret });
  const url = `http://127.0.0.1:${intake.port}`;
  const client = createIntakeClient({ url, token: edgeToken(secret, 'mx'), edge: 'mx' });
  const replica = openReplica({ file: join(folder, 'edge', 'replica.db') });
  const bayes = openBayesReplica({ file: join(folder, 'edge', 'bayes.db') });
  const { signal } = new AbortController();
  const answer = <T>(one: Result<T, IntakeRefusal>): T => must(one as Result<T, never>);
  replica.apply(answer(await client.feed(undefined, 0, signal)), '2026-11-22T12:00:00.000Z');
  await bayes.apply(answer(await client.bayes(undefined, 0, signal)));
  await intake.close();
  return {
    [Symbol.dispose]() {
      replica.close();
      bayes.close();
    },
  };
}

test('The service is taught at the command line, and the dry run explains by it, with or without the edge’s files', async () => {
  const { name } = api.ours.domain;
  const check = { domain: name, check: 'bayes', settings: { minimum: 3 } };
  await call(api.services, api.ours.scope, 'domains.settings.check', check);
  const taught = await sluice(
    'bayes',
    'train',
    '--service',
    '--ham',
    join(folder, 'ham'),
    '--spam',
    join(folder, 'spam'),
  );
  expect(taught).toMatchObject({ ham: 3, spam: 3, known: 0 });
  expect(await sluice('bayes', 'show', '--service')).toMatchObject({ ham: 3, spam: 3 });
  const reads = /^It reads like spam \(.*, as the service was taught\)\. For spam speak “cheap”/;
  {
    using _ = await fillEdge();
    expect(await judge()).toMatch(reads);
  }
  expect(await judge()).toMatch(reads);
}, 60_000);
