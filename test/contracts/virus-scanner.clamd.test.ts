/** The virus scanner contract over a real clamd, by TCP and by Unix socket, and what becomes of it when clamd fails. */
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectClamd } from '@sluice/clamd';
import { zipOf } from '../conformance/mime-zip.ts';
import { clamdMissing, eicar, startClamd, type TestClamd } from './support/clamd.ts';
import { mail, virusScannerContract } from './virus-scanner.contract.ts';

const reason = clamdMissing ? ' (skipped: there is no clamd on this machine)' : '';

describe.skipIf(clamdMissing)(`clamd${reason}`, () => {
  let clamd: TestClamd;
  beforeAll(async () => {
    clamd = await startClamd();
  });
  afterAll(async () => {
    await clamd.stop();
  });

  const zipped = (): Buffer => zipOf([{ name: 'test.com', content: eicar() }]);
  virusScannerContract('clamd over TCP', () => ({
    scanner: connectClamd(clamd.tcpUrl),
    infected: eicar(),
    zipped: zipped(),
  }));
  virusScannerContract('clamd over a Unix socket', () => ({
    scanner: connectClamd(clamd.unixUrl),
    infected: eicar(),
    zipped: zipped(),
  }));

  it('says which engine it is', async () => {
    const version = await connectClamd(clamd.tcpUrl).version();
    expect(version).toEqual({ ok: true, value: expect.stringMatching(/^ClamAV \d+\.\d+/) });
  });

  it.each(['tcpUrl', 'unixUrl'] as const)('says that a mail is too large for it (%s)', async (url) => {
    const large = mail('x'.repeat(clamd.streamMaxLength * 8));
    const results = await Promise.all(
      Array.from({ length: 8 }, () => connectClamd(clamd[url]).scan(large, 20_000)),
    );
    for (const result of results) {
      expect(result).toEqual({ status: 'error', message: expect.stringContaining('StreamMaxLength') });
    }
  });
});

describe.skipIf(clamdMissing)(`a failing clamd${reason}`, () => {
  it('that hangs is given up at the deadline, and used again when it goes on', async () => {
    const clamd = await startClamd();
    try {
      const scanner = connectClamd(clamd.tcpUrl);
      clamd.signal('SIGSTOP');
      const started = performance.now();
      const result = await scanner.scan(mail('Hello'), 300);
      expect(result).toEqual({ status: 'error', message: expect.stringContaining('within 300 ms') });
      expect(performance.now() - started).toBeLessThan(2000);
      expect((await scanner.ping(100)).ok).toBe(false);
      clamd.signal('SIGCONT');
      expect((await scanner.scan(mail('Hello'), 10_000)).status).toBe('clean');
    } finally {
      await clamd.stop();
    }
  });

  it('that dies in the middle of a mail is an error at once', async () => {
    const clamd = await startClamd();
    try {
      clamd.signal('SIGSTOP');
      const scan = connectClamd(clamd.tcpUrl).scan(mail('x'.repeat(10_000_000)), 20_000);
      // Connections are made in order: when this one stands, that of the scan does.
      const later = createConnection(clamd.port, '127.0.0.1');
      later.on('error', () => {});
      await once(later, 'connect');
      clamd.signal('SIGKILL');
      expect(await scan).toEqual({
        status: 'error',
        message: expect.stringContaining('closed the connection in the middle'),
      });
      later.destroy();
    } finally {
      await clamd.stop();
    }
  });

  it('that is gone is an error that says so', async () => {
    const clamd = await startClamd();
    await clamd.stop();
    for (const url of [clamd.tcpUrl, clamd.unixUrl]) {
      const scanner = connectClamd(url);
      const message = expect.stringContaining('no clamd is listening at');
      expect(await scanner.scan(mail('Hello'), 5000)).toEqual({ status: 'error', message });
      expect(await scanner.ping(5000)).toEqual({ ok: false, error: message });
      expect(await scanner.version()).toEqual({ ok: false, error: message });
    }
  });
});
