/** A name server that answers at once whatever is asked, as a process of its own: every name resolves, nobody is listed. */
import { generateKeyPairSync } from 'node:crypto';
import { startDnsServer, type Zone } from '../../support/dns-server.ts';

const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');

/** Zones in which addresses and domains are looked up: those of the presets. */
const lists = ['spamhaus.org', 'spamcop.net', 'surriel.com', 'dnswl.org', 'uribl.com', 'surbl.org'];

function textOf(name: string): string {
  if (name.startsWith('_dmarc.')) return 'v=DMARC1; p=none';
  // No signature is good by this key, but each is computed.
  if (name.includes('._domainkey.')) return `v=DKIM1; k=rsa; p=${key}`;
  return 'v=spf1 ip4:192.0.2.0/24 -all';
}

function recordsOf(name: string): Zone[string] | undefined {
  if (lists.some((zone) => name.endsWith(`.${zone}`))) {
    // The entry by which a list shows that it is alive (RFC 5782 §5).
    return name.startsWith('2.0.0.127.') ? { A: ['127.0.0.2'] } : undefined;
  }
  if (name.endsWith('.in-addr.arpa')) return { PTR: ['client.example.org'] };
  return { A: ['192.0.2.1'], MX: [`10 mail.${name}`], TXT: [textOf(name).match(/.{1,250}/g) ?? []] };
}

const zone = new Proxy<Zone>({}, { get: (_, name) => recordsOf(String(name)) });

if (import.meta.main) {
  const server = await startDnsServer(zone, Number(process.argv[2] ?? 0));
  process.stdout.write(`${server.address}\n`);
  process.once('SIGTERM', () => void server.close());
}
