import { createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { selfSignedCertificate } from './certificate.ts';
import { randomToken, tokensMatch } from './tokens.ts';

describe('selfSignedCertificate', () => {
  it('is an EC P-256 server certificate for all names, with its key', async () => {
    const { cert, key } = await selfSignedCertificate(
      ['mx.example.com', 'localhost', '127.0.0.1', '2001:db8::192.0.2.1'],
      30,
    );
    const certificate = new X509Certificate(cert);
    expect(certificate.checkHost('mx.example.com')).toBe('mx.example.com');
    expect(certificate.checkHost('localhost')).toBe('localhost');
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(certificate.checkIP('2001:db8::c000:201')).toBe('2001:db8::c000:201');
    expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(certificate.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
    const days = (Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)) / 86_400_000;
    expect(days).toBe(30);
  });

  it('serves TLS to a client that trusts it', async () => {
    const { cert, key } = await selfSignedCertificate(['mx.example.com'], 3650 * 3);
    const server = createServer({ cert, key }, (socket) => socket.end('hello'));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const client = connect({ port, host: '127.0.0.1', servername: 'mx.example.com', ca: cert });
    const [greeting] = (await once(client, 'data')) as [Buffer];
    expect(greeting.toString()).toBe('hello');
    expect(client.authorized).toBe(true);
    client.destroy();
    server.close();
  });

  it('refuses what is not a host name', async () => {
    await expect(selfSignedCertificate(['a, O=Other'], 1)).rejects.toThrow('not a host name');
    await expect(selfSignedCertificate([], 1)).rejects.toThrow('not a host name');
  });
});

describe('tokens', () => {
  it('are random and compare by value', () => {
    const token = randomToken(24);
    expect(token).toMatch(/^[\w-]{32}$/);
    expect(token).not.toBe(randomToken(24));
    expect(tokensMatch(token, `${token}`)).toBe(true);
    expect(tokensMatch(token, token.slice(1))).toBe(false);
    expect(tokensMatch('', token)).toBe(false);
  });
});
