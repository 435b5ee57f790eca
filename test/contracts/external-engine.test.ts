/** The ExternalEngine port against a real Rspamd, by both of the protocols that it speaks. */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineQuestion } from '@sluice/core/ports/external-engine.ts';
import { connectEngine } from '@sluice/external-engine';
import { rspamdMissing, startRspamd, type TestRspamd } from './support/rspamd.ts';

/** Put together here, so that no file of the repository is refused by a filter. */
const gtube = ['XJS*C4JDBQADN1.NSBN3*2IDNEN', 'GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X'].join('*');
const mail = (text: string) => Buffer.from(`From: a@sender.example\r\nSubject: x\r\n\r\n${text}\r\n`);
const question = (some: Partial<EngineQuestion> = {}): EngineQuestion => ({
  raw: mail('hello'),
  ip: '192.0.2.1',
  helo: 'client.example',
  sender: 'a@sender.example',
  recipients: ['b@here.example'],
  target: '',
  deadlineMs: 5_000,
  ...some,
});

describe.skipIf(rspamdMissing)('an external engine (needs rspamd)', () => {
  let rspamd: TestRspamd;
  beforeAll(async () => {
    rspamd = await startRspamd();
  }, 70_000);
  afterAll(() => rspamd?.stop());

  const urls = () => [`http://127.0.0.1:${rspamd.port}`, `spamd://127.0.0.1:${rspamd.port}`];

  it('tells the test pattern from an honest mail, by either protocol', async () => {
    for (const url of urls()) {
      const engine = connectEngine(url);
      expect(await engine.ask(question({ raw: mail(gtube) }))).toMatchObject({
        status: 'answered',
        score: 15,
        required: 15,
        symbols: [{ name: 'GTUBE' }],
      });
      const honest = await engine.ask(question());
      expect(honest).toMatchObject({ status: 'answered' });
      expect(honest?.status === 'answered' && honest.score < 6).toBe(true);
    }
  });

  it('is not confused by what a hostile client calls itself', async () => {
    const helo = 'x\r\nSettings: {"actions":{}}\r\n\u00e9';
    const answer = await connectEngine(urls()[0]).ask(question({ helo, sender: 'ü@\r\n.example' }));
    expect(answer).toMatchObject({ status: 'answered' });
  });

  it('says within its time that an engine does not answer', async () => {
    rspamd.signal('SIGSTOP');
    try {
      for (const url of urls()) {
        const answer = await connectEngine(url).ask(question({ deadlineMs: 200 }));
        expect(answer).toMatchObject({
          status: 'error',
          message: expect.stringContaining('no answer within'),
        });
      }
    } finally {
      rspamd.signal('SIGCONT');
    }
  });

  it('does not go where a customer may not send it', async () => {
    const answer = await connectEngine(undefined).ask(question({ target: urls()[0] ?? '' }));
    expect(answer).toMatchObject({ status: 'error', message: expect.stringContaining('private address') });
  });
});

describe('an external engine', () => {
  it('is none where nobody names one', async () => {
    expect(await connectEngine(undefined).ask(question())).toBeUndefined();
  });

  it('is an error where it answers nonsense, or is not there', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined).resume();
      socket.end('HTTP/1.0 200 OK\r\n\r\n[]');
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    for (const protocol of ['http', 'spamd']) {
      const engine = connectEngine(`${protocol}://127.0.0.1:${port}`);
      expect(await engine.ask(question())).toMatchObject({ status: 'error' });
    }
    await new Promise((resolve) => server.close(resolve));
    expect(await connectEngine(`http://127.0.0.1:${port}`).ask(question())).toEqual({
      status: 'error',
      message: `the engine at 127.0.0.1:${port}: ECONNREFUSED`,
    });
  });
});
