import { describe, expect, it } from 'vitest';
import type { DeliveryRequest, RecipientOutcome, Route, RouteHost } from '../ports/delivery.ts';
import type { DeliveryProgress, DueDelivery } from '../ports/outbox.ts';
import type { Vault } from '../ports/vault.ts';
import { deliverDue, type DeliverNotice, type DeliverOptions, type DeliverPorts } from './deliver-due.ts';

const now = '2026-11-22T10:00:00.000Z';

const mail = (number: number, changes: Partial<DueDelivery> = {}): DueDelivery => ({
  mailId: `mail-${number}`,
  domainId: 'd1',
  receivedAt: now,
  sender: 'from@example.org',
  smtpUtf8: false,
  recipients: ['a@example.com'],
  trace: 'Received: x\r\n',
  raw: new TextEncoder().encode(`mail ${number}`),
  attempts: 0,
  lastResponse: '',
  ...changes,
});

const host = (name: string): RouteHost => ({ host: name, port: 25, tls: 'none' });
const route = (name: string, trusted = false): Route => ({ hosts: [host(name)], trusted });

interface World {
  readonly mails: readonly DueDelivery[];
  /** What a host says; `delivered` unless it is named here. May take its time. */
  readonly say?: (request: DeliveryRequest) => Promise<RecipientOutcome['outcome']>;
  readonly routeOf?: DeliverPorts['routeOf'];
  /** How many times recording fails. */
  readonly unwritable?: number;
  readonly keys?: readonly string[];
  readonly options?: Partial<DeliverOptions>;
}

/** An outbox in memory, hosts that say what the world says; stops when no mail is due or leased any more. */
async function deliverAll({ mails, say, routeOf, unwritable = 0, keys, options }: World) {
  const stop = new AbortController();
  const waiting = [...mails];
  const leased = new Map<string, DueDelivery>();
  const recorded: DeliveryProgress[] = [];
  const requests: DeliveryRequest[] = [];
  const notices: DeliverNotice[] = [];
  const open = new Map<string, number>();
  let mostAtOnce = 0;
  let failuresLeft = unwritable;
  const vault: Vault = {
    async seal(keyId, value) {
      if (keys !== undefined && !keys.includes(keyId)) return { ok: false, error: 'no-key' };
      return { ok: true, value: { keyId, data: JSON.stringify(value) } };
    },
    open: async () => ({ ok: false, error: 'erased' }),
  };
  const ports: DeliverPorts = {
    outbox: {
      dueDeliveries(_at, limit, leave = new Set()) {
        const due = waiting.filter(({ domainId }) => !leave.has(domainId)).slice(0, limit);
        for (const one of due) {
          waiting.splice(waiting.indexOf(one), 1);
          leased.set(one.mailId, one);
        }
        return due;
      },
      async recordProgress(progress) {
        if (failuresLeft-- > 0) throw new Error('disk full');
        recorded.push(progress);
        leased.delete(progress.mailId);
        if (waiting.length + leased.size === 0) stop.abort();
      },
      nextDue: () => (waiting.length > 0 ? now : undefined),
      onChange: () => undefined,
    },
    delivery: {
      async deliver(request) {
        requests.push(request);
        const name = request.hosts[0]!.host;
        open.set(name, (open.get(name) ?? 0) + 1);
        mostAtOnce = Math.max(mostAtOnce, open.get(name)!);
        const outcome = (await say?.(request)) ?? 'delivered';
        open.set(name, open.get(name)! - 1);
        return request.recipients.map((recipient) => ({
          recipient,
          outcome,
          code: outcome === 'delivered' ? 250 : 450,
          response: outcome,
          host: `${name}:25`,
        }));
      },
    },
    routeOf: routeOf ?? ((domainId) => route(`mail.${domainId}`)),
    accountOf: (domainId) => `account-of-${domainId}`,
    vault,
    clock: { now: () => now },
    pause: {
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          if (signal.aborted || ms < 60_000) setImmediate(resolve);
          else signal.addEventListener('abort', () => resolve());
        }),
    },
  };
  await deliverDue(ports, { edge: 'mx1', helo: 'mx1.example.net', ...options }, stop.signal, (notice) =>
    notices.push(notice),
  );
  return { recorded, requests, notices, mostAtOnce };
}

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
};

describe('delivering what is due', () => {
  it('given an accepted mail, hands it to the route with its trace and records a sealed event', async () => {
    const { requests, recorded } = await deliverAll({ mails: [mail(1)] });
    expect(requests).toEqual([
      {
        hosts: [host('mail.d1')],
        mayBePrivate: false,
        helo: 'mx1.example.net',
        sender: 'from@example.org',
        recipients: ['a@example.com'],
        prepend: 'Received: x\r\n',
        raw: mail(1).raw,
        smtpUtf8: false,
        deadlineMs: 300_000,
      },
    ]);
    expect(recorded).toHaveLength(1);
    expect(recorded[0]).toMatchObject({ mailId: 'mail-1', delivered: ['a@example.com'], retry: undefined });
    expect(recorded[0]?.events).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        type: 'MailDelivered',
        data: {
          host: 'mail.d1:25',
          code: 250,
          attempt: 1,
          sealed: {
            keyId: 'domain-d1',
            data: JSON.stringify({ recipients: ['a@example.com'], response: 'delivered' }),
          },
        },
        metadata: {
          schemaVersion: 1,
          actor: { kind: 'edge', id: 'mx1' },
          at: now,
          correlationId: 'mail-1',
          domainId: 'd1',
          accountId: 'account-of-d1',
          edge: 'mx1',
        },
      },
    ]);
  });

  it('given the same attempt once more after a crash, writes the same event', async () => {
    const ids = [];
    for (let run = 0; run < 2; run++)
      ids.push((await deliverAll({ mails: [mail(1)] })).recorded[0]!.events[0]!.id);
    expect(ids[0]).toBe(ids[1]);
    const { recorded } = await deliverAll({ mails: [mail(1, { attempts: 1 })] });
    expect(recorded[0]!.events[0]!.id).not.toBe(ids[0]);
  });

  it('given a route that the operator has set, lets the delivery go to private addresses', async () => {
    const { requests } = await deliverAll({ mails: [mail(1)], routeOf: () => route('10.0.0.1', true) });
    expect(requests).toMatchObject([{ hosts: [host('10.0.0.1')], mayBePrivate: true }]);
  });

  it('given a domain without a route, defers with a clear response and asks nobody', async () => {
    const { requests, recorded } = await deliverAll({ mails: [mail(1)], routeOf: () => undefined });
    expect(requests).toEqual([]);
    expect(recorded[0]?.retry).toMatchObject({
      recipients: ['a@example.com'],
      response: 'no route is known for this domain',
    });
  });

  it('given a domain whose key was erased, delivers and tells nothing', async () => {
    const { recorded } = await deliverAll({ mails: [mail(1)], keys: [] });
    expect(recorded).toMatchObject([{ delivered: ['a@example.com'], events: [] }]);
  });

  it('given a record that cannot be written, holds on to it and never delivers again', async () => {
    const { requests, recorded, notices } = await deliverAll({ mails: [mail(1)], unwritable: 3 });
    expect(requests).toHaveLength(1);
    expect(recorded).toHaveLength(1);
    expect(notices.filter(({ kind }) => kind === 'unrecorded')).toHaveLength(3);
  });

  it('given many mails for one host, has no more than allowed under way to it', async () => {
    const mails = Array.from({ length: 40 }, (_, n) => mail(n, { domainId: `d${n % 4}` }));
    const { recorded, mostAtOnce } = await deliverAll({
      mails,
      routeOf: () => route('shared'),
      say: async () => {
        await turns(2);
        return 'delivered';
      },
      options: { perHost: 3, concurrency: 20 },
    });
    expect(recorded).toHaveLength(40);
    expect(mostAtOnce).toBe(3);
  });

  it('given a route that stalls, still delivers to all the others', async () => {
    let release = (): void => undefined;
    const stalled = new Promise<void>((resolve) => (release = resolve));
    const mails = Array.from({ length: 60 }, (_, n) => mail(n, { domainId: n < 40 ? 'slow' : 'quick' }));
    const finished: string[] = [];
    const { recorded } = await deliverAll({
      mails,
      async say({ hosts }) {
        if (hosts[0]?.host === 'mail.slow') await stalled;
        finished.push(hosts[0]!.host);
        if (finished.length === 20) release();
        return 'delivered';
      },
      options: { perHost: 5, concurrency: 20 },
    });
    expect(recorded).toHaveLength(60);
    expect(finished.slice(0, 20).every((name) => name === 'mail.quick')).toBe(true);
  });

  it('given a fault of our own, ends and throws it', async () => {
    const say = async (): Promise<never> => {
      throw new TypeError('a bug');
    };
    await expect(deliverAll({ mails: [mail(1)], say })).rejects.toThrow('a bug');
  });
});
