/** One connection of an edge: what the operator's checks say of it, and what of it belongs to the story of its mails. */
import { siteOf } from '../checks/client-address.ts';
import { type ClientConduct, type EdgeView, goodConduct } from '../checks/edge-view.ts';
import { type GatheredFacts, gatherPhase, nothingGathered } from '../checks/gather.ts';
import { createObservations } from '../checks/observations.ts';
import { allChecks } from '../checks/registry.ts';
import { judge } from '../judge/judge.ts';
import type { CheckPolicy, Policy } from '../policy/policy.ts';
import type { PinnedDomain } from '../ports/replica.ts';
import type { SmtpClient, SmtpMisuse } from '../ports/smtp-session.ts';
import type { ReceiverContext } from './receive-context.ts';

const serviceChecks = allChecks.filter(({ scope }) => scope === 'service');
const abuse = serviceChecks.filter(({ name }) => name === 'connection-abuse');
const atConnect = serviceChecks.filter((check) => !abuse.includes(check));

export interface Connection {
  /** Something may speak against it before it has said anything. */
  readonly isChecked: boolean;
  readonly watchesConduct: boolean;
  /** The reason for which it is not let in. */
  admit(): Promise<string | undefined>;
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
  readonly signal: AbortSignal;
  close(): void;
}

/** Open connections by address; of one listener. */
export type OpenConnections = Map<string, number>;

const never = Number.MAX_SAFE_INTEGER;

/** The operator's settings in the form of a policy that nothing but its checks decides by. */
export const servicePolicy = (checks: Readonly<Record<string, CheckPolicy>>): Policy => ({
  revision: 0,
  checks,
  thresholds: { tag: never, hold: never, reject: never },
  lists: [],
  serviceLists: [],
});

const isOn = (policy: Policy, checks: typeof allChecks): boolean =>
  checks.some(({ name }) => (policy.checks[name]?.mode ?? 'off') !== 'off');

export function openConnection(context: ReceiverContext, client: SmtpClient): Connection {
  const { ports, options, service, open } = context;
  const isChecked = isOn(service, atConnect);
  const gone = new AbortController();
  const site = isChecked ? siteOf(client.ip) : client.ip;
  if (isChecked) open.set(site, (open.get(site) ?? 0) + 1);
  let conduct: ClientConduct = goodConduct;
  let unknownRecipients = 0;
  let gathered = nothingGathered;

  const view: Connection['view'] = (domain) => {
    const { counters, callout } = ports;
    if (counters === undefined) return undefined;
    const route = domain && { hosts: domain.route, trusted: domain.routeTrusted === true };
    return {
      now: ports.clock.now(),
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

  async function reasonBy(checks: typeof allChecks): Promise<string | undefined> {
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
    const worthTelling = new Set(
      recipients
        .flatMap(({ findings }) => findings)
        .filter(({ result }) => result === 'fail' || result === 'none' || result === 'error')
        .map(({ check }) => check),
    );
    gathered = {
      ran: [...new Set([...gathered.ran, ...ran])],
      facts: {
        ...gathered.facts,
        ...Object.fromEntries(Object.entries(facts).filter(([name]) => worthTelling.has(name))),
      },
    };
    return verdict === 'reject' ? reason : undefined;
  }

  return {
    isChecked,
    watchesConduct: isOn(service, abuse),
    admit: () => reasonBy(atConnect),
    misused(what) {
      const member = conductOf[what];
      conduct = { ...conduct, [member]: conduct[member] + 1 };
      return reasonBy(abuse);
    },
    sentMail() {
      if (conduct.unknownCommands > 0) conduct = { ...conduct, unknownCommands: 0 };
    },
    namedUnknown() {
      unknownRecipients += 1;
    },
    facts: () => gathered,
    view,
    signal: gone.signal,
    close() {
      gone.abort();
      if (!isChecked) return;
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
