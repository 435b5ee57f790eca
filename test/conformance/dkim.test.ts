/** Public DKIM material through our authenticator: signed messages with their keys, and canonicalisation fixtures. */
import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createMailAuthenticator } from '@sluice/mailauth';
import { asReceived, corpusMissing, readSuite, type CorpusFile } from '../support/corpus.ts';
import { createZoneResolver, type Zone } from '../support/zone-resolver.ts';

const files = corpusMissing ? [] : [...readSuite('auth-dkim')];
const textOf = (file: CorpusFile): string => Buffer.from(file.bytes).toString('latin1');
const found = (suffix: string): CorpusFile => files.find(({ path }) => path.endsWith(suffix))!;

interface SignedMessage {
  readonly name: string;
  readonly zone: Zone;
  readonly raw: Uint8Array;
  readonly signedAt: number;
}

/** A few lines of `name record`, an empty line, the message. */
function readSigned(file: CorpusFile): SignedMessage {
  const text = textOf(file);
  const end = text.search(/\r?\n\r?\n/);
  const keys = text.slice(0, end).split(/\r?\n/);
  const zone = Object.fromEntries(
    keys.map((line) => [line.split(' ', 1)[0]!.toLowerCase(), { TXT: [line.slice(line.indexOf(' ') + 1)] }]),
  );
  return { name: file.path, zone, ...messageOf(text.slice(end).trimStart()) };
}

const messageOf = (text: string) => ({
  raw: asReceived(Buffer.from(text, 'latin1')),
  signedAt: Number(/\bt=(\d+)/.exec(text)?.[1]),
});

function readRfc8463(): SignedMessage {
  const records = JSON.parse(textOf(found('ec/fixtures/dns.json'))) as Zone;
  return { name: 'RFC 8463', zone: records, ...messageOf(textOf(found('ec/fixtures/signed.eml'))) };
}

const verify = ({ raw, zone, signedAt }: SignedMessage) =>
  createMailAuthenticator(createZoneResolver(zone), {
    // A minute after signing: one of them says when it expires.
    now: () => new Date((signedAt + 60) * 1000),
  }).dkim(raw, 5_000);

describe.skipIf(corpusMissing)('DKIM on signed messages (needs the test corpus)', () => {
  const signed = corpusMissing
    ? []
    : [...files.filter(({ path }) => /\/dkim\/\d{3}\.txt$/.test(path)).map(readSigned), readRfc8463()];

  it('has seven messages', () => {
    expect(signed).toHaveLength(7);
  });

  it.each(signed)('every signature of $name passes', async (message) => {
    const signatures = await verify(message);
    expect(signatures.length).toBeGreaterThan(0);
    expect(signatures.map(({ result }) => result)).toEqual(signatures.map(() => 'pass'));
  });

  it.each(signed)('no signature of $name passes once its body is another', async (message) => {
    const altered = Buffer.concat([message.raw, Buffer.from('One line more.\r\n')]);
    const signatures = await verify({ ...message, raw: altered });
    expect(signatures.map(({ result }) => result)).not.toContain('pass');
  });

  it.each(signed)('no signature of $name passes without its key', async (message) => {
    const signatures = await verify({ ...message, zone: {} });
    expect(signatures.map(({ result }) => result)).not.toContain('pass');
  });

  it.each(signed)('a key of $name that DNS does not give is a temporary error', async (message) => {
    const silent = Object.fromEntries(Object.keys(message.zone).map((name) => [name, 'SILENCE' as const]));
    const signatures = await verify({ ...message, zone: silent });
    expect(signatures.map(({ result }) => result)).toEqual(signatures.map(() => 'temperror'));
  });
});

/** Fixtures with which we disagree, with the reason. May only become shorter. */
const differences: Readonly<Record<string, string>> = {
  'relaxed.24':
    'its last line is white space without a line end: the fixture keeps one space, RFC 6376 §3.4.4 drops it with the empty line',
};

/**
 * The fixtures give a message and its canonical form. We sign the canonical form that the suite states, put the signature
 * on the message, and the authenticator must come to the same form by itself.
 */
describe.skipIf(corpusMissing)('DKIM canonicalisation (needs the test corpus)', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const zone = { 'key._domainkey.example.net': { TXT: [keyRecord(publicKey)] } };
  const numbers = files.flatMap(({ path }) => /\/email\.(\d+)$/.exec(path)?.[1] ?? []);
  const cases = numbers.flatMap((number) => [
    { form: 'simple', number },
    { form: 'relaxed', number },
  ]);

  it('has 40 cases', () => {
    expect(cases).toHaveLength(40);
  });

  it.each(cases)('$form, message $number', async ({ form, number }) => {
    const raw = asReceived(found(`/email.${number}`).bytes);
    const expected = textOf(found(`/${form}.expected.${number}`));
    const field = signatureField(form, expected, privateKey);
    const signed = Buffer.concat([Buffer.from(`${field}\r\n`), raw]);
    const [signature] = await createMailAuthenticator(createZoneResolver(zone)).dkim(signed, 5_000);
    const stated = `${form}.${number}` in differences ? 'fail' : 'pass';
    expect(signature).toMatchObject({ result: stated, domain: 'example.net' });
  });
});

const keyRecord = (key: KeyObject): string =>
  `v=DKIM1; k=ed25519; p=${key.export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64')}`;

/** RFC 6376 §3.7, over headers and body that are canonical already. */
function signatureField(form: string, canonical: string, key: KeyObject): string {
  const end = canonical.indexOf('\r\n\r\n');
  const headers = end < 0 ? canonical : canonical.slice(0, end + 2);
  const body = end < 0 ? '' : canonical.slice(end + 4);
  // The canonical form of no body is one line end in the simple form (RFC 6376 §3.4.3), nothing in the relaxed (§3.4.4).
  const hashed = body === '' && form === 'simple' ? '\r\n' : body;
  const bodyHash = createHash('sha256').update(hashed, 'latin1').digest('base64');
  const names = [...headers.matchAll(/^([^\s:]+)\s*:/gm)].map(([, name]) => name!.toLowerCase());
  const name = form === 'simple' ? 'DKIM-Signature: ' : 'dkim-signature:';
  const tags = `v=1; a=ed25519-sha256; c=${form}/${form}; d=example.net; s=key; h=${names.join(':')}; bh=${bodyHash}; b=`;
  const digest = createHash('sha256').update(`${headers}${name}${tags}`, 'latin1').digest();
  return `DKIM-Signature: ${tags}${sign(null, digest, key).toString('base64')}`;
}
