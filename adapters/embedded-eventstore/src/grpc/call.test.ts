/** Answers of a call over real HTTP/2: held back while nobody takes them, ended once. */
import { once } from 'node:events';
import { connect, createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { ClientHttp2Session, Http2Server } from 'node:http2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServerCall } from './call.ts';
import { createServerCall } from './call.ts';
import { statusCode } from './status.ts';

describe('a call', () => {
  let server: Http2Server;
  let client: ClientHttp2Session;
  beforeAll(async () => {
    server = createServer().listen(0, 'localhost');
    await once(server, 'listening');
    client = connect(`http://localhost:${(server.address() as AddressInfo).port}`);
  });
  afterAll(() => {
    client.destroy();
    server.close();
  });

  /** Both ends of a new call. */
  async function open(
    headers: Record<string, string> = {},
  ): Promise<{ call: ServerCall; stream: ReturnType<ClientHttp2Session['request']> }> {
    const stream = client.request({ ':method': 'POST', ':path': '/', ...headers });
    const [serverStream, received] = await once(server, 'stream');
    serverStream.on('error', () => undefined);
    return { call: createServerCall(serverStream, received), stream };
  }

  it('asks its writer to wait while the peer takes nothing, and lets it go on afterwards', async () => {
    const { call, stream } = await open();
    stream.pause();
    const chunk = Buffer.alloc(64 * 1024);
    let written = 0;
    while (call.write(chunk)) written += chunk.length;
    expect(written).toBeLessThan(1024 * 1024);
    let isDrained = false;
    const drained = call.drained().then(() => {
      isDrained = true;
    });
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    expect(isDrained).toBe(false);
    stream.resume();
    await drained;
    call.end();
    const [trailers] = await once(stream, 'trailers');
    expect(trailers).toMatchObject({ 'grpc-status': '0' });
  });

  it('is over when the peer cancels it, and whoever waits is told', async () => {
    const { call, stream } = await open();
    stream.pause();
    while (call.write(Buffer.alloc(64 * 1024)));
    const drained = call.drained();
    stream.close(8);
    await drained;
    expect(call.signal.aborted).toBe(true);
    expect(call.write(Buffer.alloc(1))).toBe(true);
    call.end();
  });

  it('ends once, with its message in ASCII and its trailers', async () => {
    const { call, stream } = await open();
    call.end({ code: statusCode.invalidArgument, message: 'für 100 %: nein', trailers: { exception: 'x' } });
    call.end();
    const [headers] = await once(stream, 'response');
    expect(headers).toMatchObject({ ':status': 200, 'grpc-status': '3', exception: 'x' });
    expect(decodeURI(String(headers['grpc-message']))).toBe('für 100 %: nein');
    stream.resume();
    stream.end();
    await once(stream, 'close');
  });

  it.each([
    ['20m', '4'],
    ['20000u', '4'],
    ['1000000n', '4'],
  ])('ends at its deadline of %s', async (timeout, status) => {
    const { stream } = await open({ 'grpc-timeout': timeout });
    const [headers] = await once(stream, 'response');
    expect(headers['grpc-status']).toBe(status);
    stream.resume();
    stream.end();
  });
});
