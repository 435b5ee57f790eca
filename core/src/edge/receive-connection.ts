/** One connection of an edge: what the operator's checks say of it, and what of it belongs to the story of its mails. */
import type { AnyCheck } from '../checks/check.ts';
import { isPrivateClient, siteOf } from '../checks/client-address.ts';
import { type ClientConduct, type EdgeLoad, type EdgeView, goodConduct } from '../checks/edge-view.ts';
import { type GatheredFacts, gatherPhase, nothingGathered } from '../checks/gather.ts';
import { createObservations } from '../checks/observations.ts';
import { allChecks } from '../checks/registry.ts';
import { judge } from '../judge/judge.ts';
import type { Finding } from '../judge/verdict.ts';
import type { CheckPolicy, Policy } from '../policy/policy.ts';
import type { PinnedDomain } from '../ports/replica.ts';
import type { SmtpClient, SmtpMisuse } from '../ports/smtp-session.ts';
import type { ReceiverContext } from './receive-context.ts';

const serviceChecks = allChecks.filter(({ scope }) => scope === 'service');
const named = (wanted: string): readonly AnyCheck[] => serviceChecks.filter(({ name }) => name === wanted);
const ofLoad = named('connection-load');
const ofRate = named('connection-rate');
const ofConduct = named('connection-abuse');

export interface Connection {
  readonly watchesConduct: boolean;
  /** The reason for which it is not let in; at once where nobody has to be asked. */
  admit(): string | undefined | Promise<string | undefined>;
  /** The reason for which it ends, because of what the client has just done. */
  misused(what: SmtpMisuse): Promise<string | undefined>;
  /** A message has come: whoever gets that far may mistype again. */
  sentMail(): void;
  /** One more recipient that does not exist. */
  namedUnknown(): void;
  /** Which of the operator's checks ran, and what there was to say. */
  facts(): GatheredFacts;
  /** For the checks of a domain; undefined where nothing is counted. */
  view(domain: PinnedDomain | undefined): EdgeView | undefined;
  /** Aborted when the client is gone. */
  signal(): AbortSignal;
  close(): void;
}

/** What one look at a connection came to. */
interface Seen {
  readonly reason: string | undefined;
  readonly gathered: GatheredFacts;
}

/** What all connections of a listener share. */
export interface ConnectionTable {
  /** Open ones by address. */
  readonly open: Map<string, number>;
  /** The last look at the load: it holds for all connections until the load is measured again. */
  load: { readonly of: EdgeLoad; readonly seen: Seen } | undefined;
}

const never = Number.MAX_SAFE_INTEGER;

/** The operator's settings in the form of a policy that nothing but its checks decides by. */
export const servicePolicy = (checks: Readonly<Record<string, CheckPolicy>>): Policy => ({
  revision: 0,
  checks,
  thresholds: { tag: never, hold: never, reject: never },
  lists: [],
  serviceLists: [],
});

const nothingSeen: Seen = { reason: undefined, gathered: nothingGathered };

const isOn = (policy: Policy, checks: readonly AnyCheck[]): boolean =>
  checks.some(({ name }) => (policy.checks[name]?.mode ?? 'off') !== 'off');

const countsPrivate = (policy: Policy): boolean =>
  policy.checks['connection-rate']?.settings['countPrivate'] === true;

/** What goes without saying is in the story of no mail. */
function worthTelling(facts: GatheredFacts['facts'], findings: readonly Finding[]): GatheredFacts['facts'] {
  const told = new Set(
    findings
      .filter(({ result }) => result === 'fail' || result === 'none' || result === 'error')
      .map(({ check }) => check),
  );
  return Object.fromEntries(Object.entries(facts).filter(([name]) => told.has(name)));
}

export function openConnection(context: ReceiverContext, client: SmtpClient): Connection {
  const { ports, options, service, table } = context;
  const { open } = table;
  const isCounted = isOn(service, ofRate) && (countsPrivate(service) || !isPrivateClient(client.ip));
  const site = isCounted ? siteOf(client.ip) : client.ip;
  if (isCounted) open.set(site, (open.get(site) ?? 0) + 1);
  let gone: AbortController | undefined;
  let conduct: ClientConduct = goodConduct;
  let unknownRecipients = 0;
  let gathered = nothingGathered;

  const view: Connection['view'] = (domain) => {
    const { counters, callout } = ports;
    if (counters === undefined) return undefined;
    const route = domain && { hosts: domain.route, trusted: domain.routeTrusted === true };
    return {
      // Nearly no check asks.
      get now() {
        return ports.clock.now();
      },
      counters,
      domainId: domain?.domainId ?? '',
      connection: {
        openAtOnce: open.get(site) ?? 1,
        conduct,
        unknownRecipients,
        load: ports.load?.(),
      },
      ...(callout === undefined || route === undefined
        ? {}
        : { callout: (recipient) => callout({ domainId: domain?.domainId ?? '', route, recipient }) }),
    };
  };

  async function look(checks: readonly AnyCheck[]): Promise<Seen> {
    const receivedAt = ports.clock.now();
    // Judging is done for a recipient; of a connection there is none yet.
    const envelope = { ip: client.ip, helo: '', sender: '', recipients: [''] };
    const { observationDeadlines: deadlines, gatherDeadlines } = options;
    const { ran, facts } = await gatherPhase({
      phases: ['connect'],
      policy: service,
      envelope,
      receivedAt,
      observed: createObservations({ envelope, raw: undefined, ports, deadlines, textLimit: 0 }),
      resolver: ports.resolver,
      deadline: ports.deadline,
      deadlines: gatherDeadlines,
      edge: view(undefined),
      checks,
    });
    const { verdict, reason, recipients } = judge({ envelope, receivedAt, ran, facts }, service, checks);
    const findings = recipients.flatMap((one) => one.findings);
    return {
      reason: verdict === 'reject' ? reason : undefined,
      gathered: { ran, facts: worthTelling(facts, findings) },
    };
  }

  const note = ({ reason, gathered: { ran, facts } }: Seen): string | undefined => {
    gathered = { ran: [...new Set([...gathered.ran, ...ran])], facts: { ...gathered.facts, ...facts } };
    return reason;
  };

  /** Undefined where it has to be looked at anew. */
  function loadSeen(): Seen | undefined {
    const load = isOn(service, ofLoad) ? ports.load?.() : undefined;
    if (load === undefined) return nothingSeen;
    return table.load?.of === load ? table.load.seen : undefined;
  }

  async function admitAsking(): Promise<string | undefined> {
    const load = ports.load?.();
    const byLoad = loadSeen() ?? (await look(ofLoad));
    if (load !== undefined) table.load = { of: load, seen: byLoad };
    return note(byLoad) ?? (isCounted ? note(await look(ofRate)) : undefined);
  }

  return {
    watchesConduct: isOn(service, ofConduct),
    admit() {
      const byLoad = loadSeen();
      return byLoad === undefined || isCounted ? admitAsking() : note(byLoad);
    },
    async misused(what) {
      const member = conductOf[what];
      conduct = { ...conduct, [member]: conduct[member] + 1 };
      return note(await look(ofConduct));
    },
    sentMail() {
      if (conduct.unknownCommands > 0) conduct = { ...conduct, unknownCommands: 0 };
    },
    namedUnknown() {
      unknownRecipients += 1;
    },
    facts: () => gathered,
    view,
    signal() {
      gone ??= new AbortController();
      return gone.signal;
    },
    close() {
      gone?.abort();
      if (!isCounted) return;
      const left = (open.get(site) ?? 1) - 1;
      if (left > 0) open.set(site, left);
      else open.delete(site);
    },
  };
}

const conductOf = {
  'unknown-command': 'unknownCommands',
  http: 'httpRequests',
  'before-hello': 'beforeHello',
} as const satisfies Record<SmtpMisuse, keyof ClientConduct>;
