/** What people read when a store cannot be used as its connection string says. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EmbeddedEventStore } from '@sluice/embedded-eventstore';
import { startEmbeddedEventStore } from '@sluice/embedded-eventstore';
import { connectEventStore, explainFailure, openRawLog } from '@sluice/eventstoredb';
import { selfSignedCertificate } from '@sluice/node-crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from './support/free-port.ts';

const password = 'correct-horse-battery';
const users = [{ name: 'admin', password, groups: ['$admins'] }];

describe('a store that cannot be used says', () => {
  let folder: string;
  let [secure, plain]: EmbeddedEventStore[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-failures-'));
    const [tls, other] = await Promise.all([1, 2].map(() => selfSignedCertificate(['localhost'], 1)));
    await writeFile(join(folder, 'ca.pem'), tls!.cert);
    await writeFile(join(folder, 'other.pem'), other!.cert);
    secure = await startEmbeddedEventStore({ file: join(folder, 'secure.db'), users, tls: tls! });
    plain = await startEmbeddedEventStore({ file: join(folder, 'plain.db'), users });
  });
  afterAll(async () => {
    await Promise.all([secure!.close(), plain!.close()]);
    await rm(folder, { recursive: true });
  });

  /** A connection string of the store with TLS. */
  const url = ({
    user = `admin:${password}@`,
    host = 'localhost',
    ca = 'ca.pem',
    tls = 'true',
  } = {}): string =>
    `esdb://${user}${host}:${secure!.port}?tls=${tls}&tlsCAFile=${encodeURIComponent(join(folder, ca))}`;
  async function failure(address: string): Promise<ReturnType<typeof explainFailure> | 'none'> {
    try {
      await using log = openRawLog(address);
      for await (const _ of log.all()) break;
      return 'none';
    } catch (error) {
      return explainFailure(error);
    }
  }
  const configuration = (words: string) => ({
    message: expect.stringContaining(words),
    isConfiguration: true,
  });
  const passing = (words: string) => ({ message: expect.stringContaining(words), isConfiguration: false });

  it('nothing where all is right', async () => {
    expect(await failure(url())).toBe('none');
    expect(await failure(`${plain!.url}&connectionName=admin%3A${password}`)).toBe('none');
  });

  it('that the password is wrong, or was never sent', async () => {
    expect(await failure(url({ user: 'admin:wrong@' }))).toEqual(configuration('the password'));
    expect(await failure(url({ user: '' }))).toEqual(configuration('the password'));
    const unsent = plain!.url.replace('esdb://', `esdb://admin:${password}@`);
    expect(await failure(unsent)).toEqual(configuration('connectionName=USER%3APASSWORD'));
  });

  it('what is wrong with TLS', async () => {
    expect(await failure(url({ ca: 'other.pem' }))).toEqual(configuration('tlsCAFile'));
    expect(await failure(url({ ca: 'missing.pem' }))).toEqual(configuration('no such file'));
    expect(await failure(url({ host: '127.0.0.1' }))).toEqual(configuration('by host name'));
    expect(await failure(url({ tls: 'false' }))).toEqual(passing('tls=true'));
    expect(await failure(plain!.url.replace('tls=false', 'tls=true'))).toEqual(configuration('tls=false'));
  });

  it('that nothing answers', async () => {
    const port = await freePort();
    expect(await failure(`esdb://127.0.0.1:${port}?tls=false`)).toEqual(
      passing(`Nothing answers at 127.0.0.1:${port}`),
    );
    expect(await failure('esdb://nowhere.invalid:2113?tls=false')).toEqual(passing('nowhere.invalid:2113'));
    const store = connectEventStore(`esdb://127.0.0.1:${port}?tls=false`);
    expect(await store.ping(5000)).toEqual({ ok: false, error: `Nothing answers at 127.0.0.1:${port}` });
    await store.close();
  });

  it('where a connection string cannot be read, without quoting it', async () => {
    const wrong = await failure('esdb://localhost:secret?tls=false');
    expect(wrong).toEqual(configuration('port number is expected at character 18'));
    expect(JSON.stringify(wrong)).not.toContain('secret');
    expect(await failure('http://localhost')).toEqual(configuration('esdb://'));
  });

  it('nothing of its later name', async () => {
    expect(
      await failure(`${plain!.url.replace('esdb://', 'kurrentdb://')}&connectionName=admin%3A${password}`),
    ).toBe('none');
  });
});
