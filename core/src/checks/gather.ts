/** Runs the enabled checks of some phases side by side and brings home their facts; whatever breaks is an `error`. */
import { judge, settingsOf } from '../judge/judge.ts';
import type { Finding } from '../judge/verdict.ts';
import type { CheckPolicy, ListEntry, Policy } from '../policy/policy.ts';
import type { Deadline } from '../ports/deadline.ts';
import type { Resolver } from '../ports/resolver.ts';
import type { AnyCheck, Envelope, Gathered, GatherInput, Observations, Phase } from './check.ts';
import type { EdgeView } from './edge-view.ts';
import { isPrivateClient } from './client-address.ts';
import type { OwnNames } from './own-names.ts';
import { allChecks } from './registry.ts';

/** The part of `MailFacts` that gathering fills. */
export interface GatheredFacts {
  /** Names of the checks that ran, in the order of the published table. */
  readonly ran: readonly string[];
  readonly facts: Readonly<Record<string, Gathered<unknown>>>;
}

export interface GatherRequest {
  readonly phases: readonly Phase[];
  readonly policy: Policy;
  readonly envelope: Envelope;
  /** ISO 8601; when the mail came. */
  readonly receivedAt: string;
  readonly observed: Observations;
  readonly resolver: Resolver;
  readonly deadline: Deadline;
  readonly deadlines: GatherDeadlines;
  /** Of the edge that is receiving the mail now. */
  readonly edge?: EdgeView | undefined;
  readonly own?: OwnNames | undefined;
  /** What earlier phases of the same mail brought; what ran there does not run again. */
  readonly earlier?: GatheredFacts;
  readonly checks?: readonly AnyCheck[];
  /** Whether an enabled check may run for this mail; one that may not is not in `ran`. Default: every one may. */
  readonly mayRun?: (check: AnyCheck) => boolean;
}

export interface GatherDeadlines {
  /** For each question that a check asks by itself, in ms. */
  readonly lookupMs: number;
  /** For a whole check, in ms: the last resort, above everything that it may wait for. */
  readonly checkMs: number;
}

export const defaultGatherDeadlines: GatherDeadlines = { lookupMs: 4_000, checkMs: 90_000 };

export const nothingGathered: GatheredFacts = { ran: [], facts: {} };

interface Enabled {
  readonly check: AnyCheck;
  readonly policy: CheckPolicy;
}

/**
 * Every enabled check runs, unless no finding of it could change any recipient's verdict: where the lists (row 2 of the
 * table) have already decided for every recipient, whatever authentication may say, ordinary checks that would count
 * are left out. Safety checks and those that observe always run. Never rejects. Answers what `earlier` had and the new.
 */
export async function gatherPhase(request: GatherRequest): Promise<GatheredFacts> {
  const earlier = request.earlier ?? nothingGathered;
  const enabled = enabledChecks(request).filter(
    ({ check }) => request.phases.includes(check.phase) && !earlier.ran.includes(check.name),
  );
  if (enabled.length === 0) return earlier;
  const input: GatherInput = {
    envelope: request.envelope,
    observed: request.observed,
    resolver: request.resolver,
    clientIsPrivate: isPrivateClient(request.envelope.ip),
    deadlineMs: request.deadlines.lookupMs,
    ...(request.edge === undefined ? {} : { edge: request.edge }),
    ...(request.own === undefined ? {} : { own: request.own }),
  };
  const run = (some: readonly Enabled[]) => gatherAll(some, input, request);

  const lists = enabled.filter(({ check }) => check.standing === 'list');
  const always = run(enabled.filter(alwaysRuns));
  const withLists = merge(earlier, lists, await run(lists));
  const optional = isDecidedByLists(request, withLists) ? [] : enabled.filter(mayBeLeftOut);
  const withOptional = merge(withLists, optional, await run(optional));
  const all = merge(withOptional, enabled.filter(alwaysRuns), await always);
  return { ...all, ran: inTableOrder(request, all.ran) };
}

function inTableOrder({ checks = allChecks }: GatherRequest, ran: readonly string[]): readonly string[] {
  const names = new Set(ran);
  return checks.flatMap(({ name }) => (names.has(name) ? [name] : []));
}

const mayBeLeftOut = ({ check, policy }: Enabled): boolean =>
  check.standing === 'ordinary' && policy.mode !== 'observe';

const alwaysRuns = (one: Enabled): boolean => one.check.standing !== 'list' && !mayBeLeftOut(one);

const enabledChecks = ({ checks = allChecks, policy, mayRun }: GatherRequest): readonly Enabled[] => {
  const enabled = enabledIn(checks, policy.checks);
  return mayRun === undefined ? enabled : enabled.filter(({ check }) => mayRun(check));
};

type EnabledByPolicy = WeakMap<Policy['checks'], readonly Enabled[]>;

const enabledByChecks = new WeakMap<readonly AnyCheck[], EnabledByPolicy>();

/** Looked up once for a policy and a list of checks: a mail asks several times, and most of the list may be off. */
function enabledIn(checks: readonly AnyCheck[], policies: Policy['checks']): readonly Enabled[] {
  const byPolicy: EnabledByPolicy = enabledByChecks.get(checks) ?? new WeakMap();
  enabledByChecks.set(checks, byPolicy);
  const known = byPolicy.get(policies);
  if (known !== undefined) return known;
  const enabled = checks.flatMap((check): Enabled[] => {
    const policy = policies[check.name];
    return policy === undefined || policy.mode === 'off' ? [] : [{ check, policy }];
  });
  byPolicy.set(policies, enabled);
  return enabled;
}

/** Side by side, under one deadline: what is not there by then is an error, and the rest is as it is. */
async function gatherAll(
  some: readonly Enabled[],
  input: GatherInput,
  { deadline, deadlines }: GatherRequest,
): Promise<readonly Gathered<unknown>[]> {
  if (some.length === 0) return [];
  const gathered = new Map<Enabled, Gathered<unknown>>();
  const all = some.map(async (one) => gathered.set(one, await gatherOne(one, input)));
  await deadline.within(Promise.all(all), deadlines.checkMs);
  const late = { status: 'error', message: `it took longer than ${deadlines.checkMs} ms` } as const;
  return some.map((one) => gathered.get(one) ?? late);
}

async function gatherOne({ check, policy }: Enabled, input: GatherInput): Promise<Gathered<unknown>> {
  const settings = settingsOf(check, policy);
  if (settings === undefined) return { status: 'error', message: 'its settings cannot be read' };
  try {
    return await check.gather(input, settings.value);
  } catch (error) {
    return { status: 'error', message: describe(error) };
  }
}

const describe = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).slice(0, 200);

/** Not written: that there was nothing to observe, and the empty fact of a check that judges by the envelope. */
function merge(
  before: GatheredFacts,
  enabled: readonly Enabled[],
  gathered: readonly Gathered<unknown>[],
): GatheredFacts {
  const names = enabled.map(({ check }) => check.name);
  const entries = names.flatMap((name, index): [string, Gathered<unknown>][] => {
    const one = gathered[index];
    return one === undefined || goesWithoutSaying(enabled[index], one) ? [] : [[name, one]];
  });
  return { ran: [...before.ran, ...names], facts: { ...before.facts, ...Object.fromEntries(entries) } };
}

const goesWithoutSaying = (enabled: Enabled | undefined, one: Gathered<unknown>): boolean =>
  one.status === 'nothing' ||
  (one.status === 'observed' && enabled?.check.byEnvelope === true && isEmpty(one.fact));

const isEmpty = (fact: unknown): boolean =>
  typeof fact === 'object' && fact !== null && Object.keys(fact).length === 0;

/** Whether row 2 decides for every recipient, and no list check still to come and no proof of the sender could outrank it. */
function isDecidedByLists(request: GatherRequest, known: GatheredFacts): boolean {
  if (request.policy.lists.length === 0 && request.policy.serviceLists.length === 0) return false;
  const lists = enabledChecks(request).filter(
    ({ check, policy }) => check.standing === 'list' && policy.mode !== 'observe',
  );
  if (lists.some(({ check }) => !known.ran.includes(check.name))) return false;
  if (lists.some(({ check }) => known.facts[check.name]?.status === 'error')) return false;
  const { envelope, receivedAt, policy } = request;
  const mail = { envelope, receivedAt, ran: known.ran, facts: known.facts };
  const decide = (some: Policy): readonly (Finding | undefined)[] =>
    judge(
      mail,
      some,
      lists.map(({ check }) => check),
    ).recipients.map(({ findings }) => findings.find((one) => one.decisive === true));
  const unproven = decide(policy);
  const proven = decide(withoutDemands(policy));
  return unproven.length > 0 && unproven.every((finding, index) => isSameEntry(finding, proven[index]));
}

const isSameEntry = (a: Finding | undefined, b: Finding | undefined): boolean =>
  a?.list !== undefined &&
  a.list.action === b?.list?.action &&
  a.list.scope === b.list.scope &&
  a.list.pattern === b.list.pattern;

/** As if every sender were authenticated, so that each entry that could match does. */
function withoutDemands(policy: Policy): Policy {
  const relax = (entries: readonly ListEntry[]) =>
    entries.map((entry) => ({ ...entry, authenticated: false }));
  return { ...policy, lists: relax(policy.lists), serviceLists: relax(policy.serviceLists) };
}
