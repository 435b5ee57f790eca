/** The panel's server in front of an api: what it passes on, what it hides, and what it says when the api is away. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { closeServer, createMetrics, listen, silentLog } from '@sluice/telemetry';
import { afterEach, describe, expect, it } from 'vitest';
import { createPanelServer } from './server.ts';

const local = { host: '127.0.0.1', port: 0 };
const servers: Server[] = [];
afterEach(() => Promise.all(servers.splice(0).map(closeServer)));

interface Setting {
  readonly api?: (request: IncomingMessage, response: ServerResponse) => void;
  readonly publicUrl?: string;
}

/** An api that tells what it was asked, unless the test says otherwise; pages that do the same. */
async function start({ api = tell, publicUrl }: Setting = {}): Promise<number> {
  const upstream = createServer(api);
  const apiPort = await listen(upstream, local);
  const panel = createPanelServer({
    apiUrl: new URL(`http://127.0.0.1:${apiPort}`),
    publicUrl: publicUrl === undefined ? undefined : new URL(publicUrl),
    pages: tell,
    metrics: createMetrics('panel'),
    log: silentLog,
  });
  servers.push(upstream, panel);
  return listen(panel, local);
}

function tell({ method, url, headers }: IncomingMessage, response: ServerResponse): void {
  response.end(JSON.stringify({ method, url, headers }));
}

interface Told {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

async function ask(port: number, path: string, headers: Record<string, string> = {}) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
  return { response, told: (await response.json()) as Told };
}

describe('what goes to the api', () => {
  it.each([
    '/trpc/session.me?input=1',
    '/auth/get-session',
    '/mails/m1/raw',
    '/mails/m1/html',
    '/mails/m1/parts/2',
  ])('%s is passed on as it is', async (path) => {
    const { told } = await ask(await start(), path);
    expect(told.url).toBe(path);
    expect(told.headers['x-sluice-api']).toBeUndefined();
  });

  it.each(['/', '/trpc', '/mails/m1', '/mails/m1/parts/x', '/mails/a/b/raw', '/status'])(
    '%s is a page',
    async (path) => {
      const { told } = await ask(await start(), path);
      expect(told.headers['x-sluice-api']).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    },
  );

  it.each(['/trpc/x', '/quarantine'])(
    '%s carries what we know of the client, not what it says',
    async (path) => {
      const port = await start();
      const { told } = await ask(port, path, {
        'x-forwarded-for': '203.0.113.9',
        'x-real-ip': '203.0.113.9',
        'x-forwarded-proto': 'https',
        'x-forwarded-host': 'evil.example',
        'x-sluice-api': 'http://evil.example',
      });
      expect(told.headers).toMatchObject({
        'x-forwarded-for': '127.0.0.1',
        'x-real-ip': '127.0.0.1',
        'x-forwarded-proto': 'http',
        'x-forwarded-host': `127.0.0.1:${port}`,
      });
      expect(JSON.stringify(told.headers)).not.toContain('http://evil.example');
    },
  );

  it('under the public name the proxy on this machine is believed, and the page is told to stay with https', async () => {
    const port = await start({ publicUrl: 'https://panel.example' });
    const socket = request({
      port,
      host: '127.0.0.1',
      path: '/',
      headers: { host: 'panel.example', 'x-forwarded-for': '198.51.100.1, 203.0.113.9' },
    });
    socket.end();
    const [answer] = (await once(socket, 'response')) as [IncomingMessage];
    const told = JSON.parse(await text(answer)) as Told;
    expect(told.headers).toMatchObject({ 'x-real-ip': '203.0.113.9', 'x-forwarded-proto': 'https' });
    expect(answer.headers['strict-transport-security']).toContain('max-age');
  });

  it('a path that climbs out of what is passed on does not become another one', async () => {
    const port = await start();
    const climbing = request({ port, host: '127.0.0.1', path: '/trpc/../metrics' });
    climbing.end();
    const [answer] = (await once(climbing, 'response')) as [IncomingMessage];
    expect(JSON.parse(await text(answer))).toMatchObject({ url: '/trpc/../metrics' });
  });

  it('a body arrives whole, whatever its size', async () => {
    const port = await start({
      api: (incoming, response) => void text(incoming).then((body) => response.end(String(body.length))),
    });
    const response = await fetch(`http://127.0.0.1:${port}/trpc/x`, {
      method: 'POST',
      body: 'x'.repeat(3_000_000),
    });
    expect(await response.text()).toBe('3000000');
  });
});

describe('live answers', () => {
  it('come piece by piece, and the api learns when the client has gone', async () => {
    const gone = Promise.withResolvers<void>();
    const port = await start({
      api: (_, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
        response.on('close', gone.resolve);
      },
    });
    const abort = new AbortController();
    const response = await fetch(`http://127.0.0.1:${port}/trpc/live`, { signal: abort.signal });
    const { value } = await response.body!.getReader().read();
    expect(new TextDecoder().decode(value)).toBe('data: 1\n\n');
    abort.abort();
    await gone.promise;
  });

  it('begin before there is anything to say', async () => {
    const port = await start({ api: (_, response) => response.writeHead(200).flushHeaders() });
    const response = await fetch(`http://127.0.0.1:${port}/trpc/live`);
    expect(response.status).toBe(200);
    await response.body?.cancel();
  });
});

describe('an api that is away', () => {
  it('is told in a sentence, in the shape that the client of the api reads', async () => {
    const port = await start({ api: (_, response) => response.destroy() });
    const response = await fetch(`http://127.0.0.1:${port}/trpc/x`);
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({
      error: { message: expect.stringContaining('does not answer'), data: { code: 'SERVICE_UNAVAILABLE' } },
    });
  });

  it('in the middle of an answer, the answer is cut and not made to look whole', async () => {
    const port = await start({
      api: (_, response) => {
        response.writeHead(200, { 'content-length': '100' }).write('half');
        setTimeout(() => response.destroy(), 20);
      },
    });
    const response = await fetch(`http://127.0.0.1:${port}/mails/m1/raw`);
    await expect(response.text()).rejects.toThrow();
  });

  it('makes the panel not ready', async () => {
    const port = await start({ api: (_, response) => response.destroy() });
    const response = await fetch(`http://127.0.0.1:${port}/readyz`);
    expect(response.status).toBe(503);
  });
});

describe('every page', () => {
  it('has the headers that guard it', async () => {
    const { response } = await ask(await start(), '/');
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
    });
    expect(response.headers.has('strict-transport-security')).toBe(false);
  });
});
