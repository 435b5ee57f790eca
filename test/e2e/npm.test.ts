/** Started by npm, as people do it: npm ends without a word to what it has started. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../contracts/support/eventually.ts';
import { removeDataDir, startInstance, type TestInstance, type TestSettings } from './support/instance.ts';

const started: TestInstance[] = [];

async function start(settings: TestSettings): Promise<TestInstance> {
  const instance = await startInstance(settings);
  started.push(instance);
  return instance;
}

/** Processes whose environment names the data folder, but for the one that tests. */
function processesOf({ dataDir }: TestInstance): readonly number[] {
  const names = (pid: number): boolean => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(dataDir);
    } catch {
      return false;
    }
  };
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => pid !== process.pid && names(pid));
}

const nothingLeft = (instance: TestInstance) =>
  eventually('nothing is left', () => processesOf(instance).length === 0, 15_000);

afterEach(async () => {
  for (const instance of started.splice(0)) {
    for (const pid of processesOf(instance)) process.kill(pid, 'SIGTERM');
    await nothingLeft(instance);
    await removeDataDir(instance.dataDir);
  }
});

describe('an instance', () => {
  it.each([
    ['npx sluice up', ['npx', 'sluice', 'up']],
    ['npm start', ['npm', 'start']],
  ] as const)('stops in order when %s is killed', async (_, command) => {
    const instance = await start({ command: [...command] });
    expect(processesOf(instance).length).toBeGreaterThan(4);
    instance.supervisor.kill('SIGTERM');
    await nothingLeft(instance);
    // In order: every process had the time to say so, and none was found dead by another.
    expect(instance.output()).not.toMatch(/ended by itself/);
  });

  it('stays when the shell that has started it goes, whatever npm once told that shell', async () => {
    const instance = await start({
      command: ['sh', '-c', 'nohup node apps/cli/bin/sluice.mjs up & wait'],
      environment: {
        npm_lifecycle_script: 'nohup node apps/cli/bin/sluice.mjs up & wait',
        npm_command: 'run',
      },
    });
    const before = processesOf(instance).length;
    instance.supervisor.kill('SIGKILL');
    await sleep(2_000);
    expect(processesOf(instance)).toHaveLength(before - 1);
    const { status } = await instance.sluice('domain', 'list', '--json');
    expect(status).toBe(0);
  });
});
