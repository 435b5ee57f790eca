/** The centre for tests: event store, packs and keys that are real, on a PostgreSQL of the test; and edges that hand in. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MailJudged, type MailJudgedData, decisionFormats } from '@sluice/core/decision/mail-judged.ts';
import { domainKeyId } from '@sluice/core/domain/domain.ts';
import type { BatchItem } from '@sluice/core/handover/batch.ts';
import { emptyChain, linkHash, nextLink, type ChainHead } from '@sluice/core/kernel/chain.ts';
import { createEventCodec } from '@sluice/core/kernel/event-codec.ts';
import { eventId, sha256Hex } from '@sluice/core/kernel/hash.ts';
import { type DeliveryReport, type MailEvent, mailFormats } from '@sluice/core/mail/mail.ts';
import type { EventStore } from '@sluice/core/ports/event-store.ts';
import type { KeyStore, Vault } from '@sluice/core/ports/vault.ts';
import { openAccount } from '@sluice/core/use-cases/accounts.ts';
import { type CommandContext, createCommandContext } from '@sluice/core/use-cases/context.ts';
import { addDomain } from '@sluice/core/use-cases/domains.ts';
import { startEmbeddedEventStore } from '@sluice/embedded-eventstore';
import { connectEventStore } from '@sluice/eventstoredb';
import { createIds, createKeyWrapping, createVault, systemClock } from '@sluice/node-crypto';
import { openPackFolder, type PackFolder } from '@sluice/pack-folder';
import { connectPostgres, createPostgresKeyStore, type Postgres } from '@sluice/postgres';

export const secret = 'a secret of at least 32 characters';
export const vaultKey = Buffer.alloc(32, 7).toString('base64');

export interface Centre {
  readonly folder: string;
  readonly postgresUrl: string;
  readonly eventstoreUrl: string;
  readonly store: EventStore;
  readonly postgres: Postgres;
  readonly keys: KeyStore;
  readonly vault: Vault;
  readonly packs: PackFolder;
  readonly context: CommandContext;
  close(): Promise<void>;
}

export async function startCentre(postgresUrl: string): Promise<Centre> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-centre-'));
  const server = await startEmbeddedEventStore({ file: join(folder, 'events.db'), host: '127.0.0.1' });
  const centre = await connectCentre({ folder, postgresUrl, eventstoreUrl: server.url });
  return {
    ...centre,
    async close() {
      await centre.close();
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A centre on servers that run already. */
export async function connectCentre(
  places: Pick<Centre, 'folder' | 'postgresUrl' | 'eventstoreUrl'>,
): Promise<Centre> {
  const store = connectEventStore(places.eventstoreUrl);
  const postgres = connectPostgres(places.postgresUrl);
  await postgres.migrate();
  const keys = createPostgresKeyStore(postgres.db, createKeyWrapping(vaultKey));
  const vault = createVault(keys);
  const packs = openPackFolder(join(places.folder, 'archive'));
  const context = createCommandContext(
    { store, vault, keys, clock: systemClock, ids: createIds() },
    { kind: 'operator', id: 'operator' },
  );
  return {
    ...places,
    store,
    postgres,
    keys,
    vault,
    packs,
    context,
    async close() {
      await store.close();
      await postgres.close();
      await packs.close();
    },
  };
}

export interface TestDomain {
  readonly accountId: string;
  readonly domainId: string;
  readonly name: string;
  /** Decimal string. */
  readonly position: string;
}

/** An account with one domain. */
export async function makeDomain({ context }: Centre, name: string): Promise<TestDomain> {
  const account = must(await openAccount(context, { name: `Account of ${name}` }));
  const added = must(
    await addDomain(context, { name, accountId: account.id, preset: 'balanced', vouched: true }),
  );
  return { accountId: account.id, domainId: added.id, name, position: added.position ?? '' };
}

export function must<T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown },
): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

export interface TestMail {
  readonly verdict?: MailJudgedData['verdict'];
  readonly reason?: string;
  readonly score?: number;
  readonly failed?: string;
  /** Checks that ran, as a bit set. */
  readonly ran?: string;
  readonly policyRevision?: number;
  /** Of the operator's lists. */
  readonly serviceRevision?: number;
  readonly subject?: string;
  readonly text?: string;
  /** The whole mail instead of one made of the above. */
  readonly raw?: Buffer;
  readonly recipients?: readonly string[];
  readonly facts?: MailJudgedData['facts'];
  /** ISO 8601. */
  readonly at?: string;
}

export interface TestEdge {
  /** The next decision of this edge in the domain. */
  decide(domain: TestDomain, mail?: TestMail): Promise<BatchItem & { readonly mailId: string }>;
  /** Something that happened to a mail later. */
  report(domain: TestDomain, mailId: string, event: TestReport): Promise<BatchItem>;
  counters(
    minute: string,
    counts: readonly { reason: string; code: number; domainId?: string; count: number }[],
  ): BatchItem;
}

export interface TestReport {
  readonly type: 'MailDelivered' | 'MailDeliveryDeferred' | 'MailBounced';
  readonly recipients: readonly string[];
  readonly attempt?: number;
  readonly body?: Uint8Array;
}

/** An edge that keeps the chain of its decisions, in memory. */
export function createEdge({ vault }: Pick<Centre, 'vault'>, edge: string): TestEdge {
  const ids = createIds();
  const heads = new Map<string, ChainHead>();
  const decisions = createEventCodec<MailJudged>(decisionFormats, vault);
  const mails = createEventCodec<MailEvent>(mailFormats, vault);
  let seq = 0;
  const metadataFor = (domain: TestDomain, correlationId: string, at: string) => ({
    actor: { kind: 'edge' as const, id: edge },
    at,
    correlationId,
    accountId: domain.accountId,
    domainId: domain.domainId,
    edge,
  });

  return {
    async decide(domain, mail = {}) {
      const mailId = ids.next();
      const at = mail.at ?? systemClock.now();
      const raw = mail.raw ?? rawMail(domain, mail, mailId);
      const data = decisionData(domain, mail, { mailId, raw });
      const id = eventId(mailId, 'judged', 1);
      const keyId = domainKeyId(domain.domainId);
      const encoded = must(
        await decisions.encode(
          { type: 'MailJudged', data: data as MailJudgedData },
          { id, keyId, metadata: metadataFor(domain, mailId, at) },
        ),
      );
      const head = heads.get(domain.domainId) ?? emptyChain;
      const chain = nextLink(edge, head);
      const event = { ...encoded, data: { ...encoded.data, chain: { ...chain } } };
      heads.set(domain.domainId, { counter: chain.counter, hash: linkHash(event) });
      return { seq: seq++, kind: 'decision', mailId, event, ...(data.kept ? { body: raw } : {}) };
    },

    async report(domain, mailId, { type, recipients, attempt = 1, body }) {
      const data: DeliveryReport = { recipients, host: '127.0.0.1:25', code: 250, response: 'Ok', attempt };
      const id = eventId(mailId, type, attempt);
      const event = must(
        await mails.encode(
          { type, data },
          {
            id,
            keyId: domainKeyId(domain.domainId),
            metadata: metadataFor(domain, mailId, systemClock.now()),
          },
        ),
      );
      return { seq: seq++, kind: 'mail', mailId, event, ...(body === undefined ? {} : { body }) };
    },

    counters(minute, counts) {
      const id = ids.next();
      const metadata = {
        schemaVersion: 1,
        actor: { kind: 'edge' as const, id: edge },
        at: minute,
        correlationId: id,
        edge,
      };
      const data = { minute, counts: counts.map((count) => ({ ...count })) };
      return { seq: seq++, kind: 'counters', event: { id, type: 'ConnectionsRefused', data, metadata } };
    },
  };
}

function rawMail(domain: TestDomain, mail: TestMail, mailId: string): Buffer {
  const { subject = 'Hello', text = 'How are you?' } = mail;
  const lines = [
    'From: Alice <alice@sender.example>',
    `To: bob@${domain.name}`,
    `Subject: ${subject}`,
    `Message-ID: <${mailId}@sender.example>`,
    '',
    text,
    '',
  ];
  return Buffer.from(lines.join('\r\n'));
}

function decisionData(
  domain: TestDomain,
  mail: TestMail,
  { mailId, raw }: { readonly mailId: string; readonly raw: Buffer },
): Omit<MailJudgedData, 'chain'> {
  const { verdict = 'reject', reason = 'spf-fail', subject = 'Hello' } = mail;
  const recipients = mail.recipients ?? [`bob@${domain.name}`];
  return {
    mailId,
    verdict,
    reason,
    score: mail.score ?? 3,
    policyRevision: mail.policyRevision ?? 1,
    ...(mail.serviceRevision === undefined ? {} : { serviceRevision: mail.serviceRevision }),
    replicaAgeMs: 0,
    engine: 1,
    ran: mail.ran ?? '60',
    failed: mail.failed ?? '0',
    size: raw.length,
    sha256: sha256Hex(raw),
    kept: verdict === 'reject' || verdict === 'hold',
    outcomes: recipients.map(() => ({ verdict, reason })),
    envelope: { ip: '192.0.2.1', helo: 'sender.example', sender: 'alice@sender.example', recipients },
    facts: mail.facts ?? {},
    summary: {
      subject,
      from: 'Alice <alice@sender.example>',
      messageId: `${mailId}@sender.example`,
      attachmentNames: [],
      excerpt: mail.text ?? 'How are you?',
    },
  };
}
