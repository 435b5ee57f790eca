/** Starting and stopping: beside others, after crashes, and with everything that can be wrong. */
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../contracts/support/eventually.ts';
import { sendMail } from '../support/smtp-client.ts';
import {
  newDataDir,
  removeDataDir,
  runSluice,
  startInstance,
  type TestInstance,
} from './support/instance.ts';

const started: TestInstance[] = [];
const folders: string[] = [];

async function start(settings: Parameters<typeof startInstance>[0] = {}): Promise<TestInstance> {
  const instance = await startInstance(settings);
  started.push(instance);
  folders.push(instance.dataDir);
  return instance;
}

afterEach(async () => {
  for (const instance of started.splice(0)) await instance.stop();
  for (const folder of folders.splice(0)) await removeDataDir(folder);
});

/** Processes whose environment or command line names the data folder. */
function processesOf(dataDir: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const told =
          readFileSync(`/proc/${pid}/environ`, 'utf8') + readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return pid !== process.pid && told.includes(dataDir);
      } catch {
        return false;
      }
    });
}

const refused = Buffer.from('From: a@spam.example\r\nTo: you@demo.test\r\nSubject: kept\r\n\r\nkept\r\n');
const send = (instance: TestInstance, from = 'a@spam.example') =>
  sendMail({ port: instance.ports.smtp, from, to: ['you@demo.test'], raw: refused });

describe('an instance', () => {
  it('stops within 10 s of Ctrl-C and leaves nothing running', async () => {
    const instance = await start();
    const { status, ms } = await instance.stop();
    expect(status).toBe(0);
    expect(ms).toBeLessThan(10_000);
    await eventually('no process is left', () => processesOf(instance.dataDir).length === 0, 2_000);
  });

  it('runs beside another with a data folder and ports of its own', async () => {
    const [one, other] = await Promise.all([start(), start()]);
    await Promise.all([send(one), send(other)]);
    for (const instance of [one, other]) {
      const found = await eventually('each finds its own mail', async () => {
        const { items } = (await instance.sluice('quarantine', 'search', 'kept', '--json')).json<{
          items: object[];
        }>();
        return items.length > 0 && items;
      });
      expect(found).toHaveLength(1);
    }
  });

  it('is there again after kill -9 of its supervisor, with all that it knew', async () => {
    const first = await start();
    const { final } = await send(first);
    expect(final.code).toBe(550);
    const gone = new Promise((resolve) => first.supervisor.once('exit', resolve));
    first.supervisor.kill('SIGKILL');
    await gone;
    const again = await start({ dataDir: first.dataDir, ports: first.ports });
    const found = await eventually('the mail of before is found', async () => {
      const { items } = (await again.sluice('quarantine', 'search', 'kept', '--json')).json<{
        items: object[];
      }>();
      return items.length > 0 && items;
    });
    expect(found).toHaveLength(1);
    expect((await send(again)).final.code).toBe(550);
  });

  it('brings a process back that was killed', async () => {
    const instance = await start();
    const mx = processesOf(instance.dataDir).find((pid) =>
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').endsWith('role-process.ts\0mx\0'),
    );
    expect(mx).toBeDefined();
    process.kill(mx ?? 0, 'SIGKILL');
    await eventually(
      'mail is taken again',
      () =>
        send(instance).then(
          ({ final }) => final.code === 550,
          () => false,
        ),
      20_000,
    );
  });
});

describe('a start that cannot be', () => {
  const holdPort = (): Promise<{ readonly port: number; readonly server: Server }> =>
    new Promise((resolve) => {
      const server = createServer();
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve({ port: typeof address === 'object' && address !== null ? address.port : 0, server });
      });
    });

  async function failing(environment: Readonly<Record<string, string>>) {
    const dataDir = await newDataDir();
    folders.push(dataDir);
    const outer = Object.entries(process.env).filter(([name]) => !name.startsWith('SLUICE_'));
    const ports = {
      SLUICE_SMTP_PORT: '0',
      SLUICE_API_PORT: '0',
      SLUICE_PANEL_PORT: '0',
      SLUICE_INBOX_PORT: '0',
      SLUICE_INBOX_HTTP_PORT: '0',
    };
    return runSluice(['up'], {
      ...(Object.fromEntries(outer) as Record<string, string>),
      ...ports,
      SLUICE_DATA_DIR: dataDir,
      ...environment,
    });
  }

  it('names a wrong value and its key, with status 2', async () => {
    const { status, stderr } = await failing({ SLUICE_SMTP_PORT: 'many' });
    expect(status).toBe(2);
    expect(stderr).toMatch(/^SLUICE_SMTP_PORT: .*“many”.*\n$/);
  });

  it('names a taken port, with status 2', async () => {
    const { port, server } = await holdPort();
    const { status, stderr } = await failing({ SLUICE_SMTP_PORT: String(port) });
    server.close();
    expect(status).toBe(2);
    expect(stderr).toBe(
      `Port ${port} on 127.0.0.1 is taken by another program; stop it or choose another port.\n`,
    );
  });

  it('names a part that is not there, with status 3', async () => {
    const { status, stderr } = await failing({ SLUICE_POSTGRES_URL: 'postgres://nobody@127.0.0.1:1/none' });
    expect(status).toBe(3);
    expect(stderr).toMatch(/PostgreSQL/);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('is refused where another instance uses the data folder', async () => {
    const instance = await start();
    const { status, stderr } = await failing({ SLUICE_DATA_DIR: instance.dataDir });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^Sluice runs already with the data folder /);
  });
});
