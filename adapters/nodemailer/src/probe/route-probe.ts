/** RouteProbe over plain sockets: resolve, connect, greeting, TLS and one recipient, each timed; then QUIT. */
import type { Socket } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import { fail, ok, type Result } from '@sluice/core/kernel/result.ts';
import type { ProbedHost, ProbeRequest, ProbeStep, RouteProbe } from '@sluice/core/ports/route-probe.ts';
import { type Connected, connectFirst, type ConnectOptions } from '../connect.ts';
import { type Lookup, resolveHost, systemLookup } from '../resolve.ts';
import type { Dialogue } from './dialogue.ts';
import { greet, sayHello, secure, type SecureOptions, type Session } from './secure.ts';

export interface RouteProbeOptions {
  /** Our name in EHLO. */
  readonly helo: string;
  /** Trusted instead of the well-known authorities. */
  readonly ca?: SecureContextOptions['ca'];
  /** Instead of the names of the system. */
  readonly lookUp?: Lookup;
}

export const createRouteProbe = (options: RouteProbeOptions): RouteProbe => ({
  async probe(request) {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), request.deadlineMs);
    const sockets: Socket[] = [];
    const log = createStepLog(request.deadlineMs, late.signal);
    try {
      const address = await run({ options, request, log, signal: late.signal, sockets });
      const isThrough = log.steps.length === stepCount && log.steps.every((step) => step.ok);
      return probed(address, isThrough, log.steps);
    } finally {
      clearTimeout(timer);
      for (const socket of sockets) socket.destroy();
    }
  },
});

const stepCount = 5;

const probed = (address: string | undefined, isOk: boolean, steps: readonly ProbeStep[]): ProbedHost => ({
  ...(address === undefined ? {} : { address }),
  ok: isOk,
  steps,
});

type Step<T> = Result<{ readonly value: T; readonly detail: string }, string>;

type Refused = NonNullable<ProbeStep['refused']>;

interface StepLog {
  readonly steps: readonly ProbeStep[];
  /** Does it, times it, notes it; undefined where it failed. */
  take<T>(name: ProbeStep['name'], work: () => Promise<Step<T>>): Promise<T | undefined>;
  /** Notes what the last step came upon. */
  refuse(refused: Refused): void;
}

function createStepLog(deadlineMs: number, signal: AbortSignal): StepLog {
  const steps: ProbeStep[] = [];
  return {
    steps,
    async take(name, work) {
      const began = performance.now();
      const done = await work();
      const ms = Math.round(performance.now() - began);
      const why = (error: string): string =>
        signal.aborted ? `No answer within ${deadlineMs / 1_000} s.` : error;
      steps.push({ name, ok: done.ok, ms, detail: done.ok ? done.value.detail : why(done.error) });
      return done.ok ? done.value.value : undefined;
    },
    refuse(refused) {
      const last = steps.pop();
      if (last !== undefined) steps.push({ ...last, refused });
    },
  };
}

interface Run {
  readonly options: RouteProbeOptions;
  readonly request: ProbeRequest;
  readonly log: StepLog;
  readonly signal: AbortSignal;
  /** All that were opened, to be closed at the end. */
  readonly sockets: Socket[];
}

/** The address that was connected to. */
async function run(all: Run): Promise<string | undefined> {
  const { log, request, signal, options, sockets } = all;
  const { host, mayBePrivate, recipient } = request;
  const lookUp = options.lookUp ?? systemLookup;
  const addresses = await log.take('resolve', async () => {
    const found = await resolveHost(host.host, { lookUp, mayBePrivate, ownName: options.helo, signal });
    return found.ok
      ? ok({ value: found.value, detail: `${found.value.join(', ')}.` })
      : fail(found.error.why);
  });
  if (addresses === undefined) return undefined;
  const connected = await log.take<Connected>('connect', async () => {
    const opened = await connectFirst(addresses, connecting(all));
    if (!opened.ok) return opened;
    sockets.push(opened.value.socket);
    return ok({ value: opened.value, detail: `${opened.value.address} answers on port ${host.port}.` });
  });
  if (connected === undefined) return undefined;
  const greeted = await log.take('greeting', async () => asStep(await greet(connected.socket)));
  if (greeted === undefined) return connected.address;
  const ready = await log.take('tls', async () => asStep(await secured(all, connected, greeted)));
  if (ready === undefined) return connected.address;
  let refused: Refused | undefined;
  await log.take('recipient', () => askFor(ready, recipient, (by) => (refused = by)));
  if (refused !== undefined) log.refuse(refused);
  await quit(ready);
  return connected.address;
}

const connecting = ({ request, signal }: Run): ConnectOptions => ({
  port: request.host.port,
  deadlineMs: request.deadlineMs,
  signal,
});

const asStep = (session: Result<Session, string>): Step<Dialogue> =>
  session.ok ? ok({ value: session.value.dialogue, detail: session.value.detail }) : session;

/** Where the handshake fails on a route that does not demand TLS a delivery comes again without, and so do we. */
async function secured(
  run: Run,
  { socket, address }: Connected,
  dialogue: Dialogue,
): Promise<Result<Session, string>> {
  const { options, signal, sockets } = run;
  const { host } = run.request;
  const secureOptions: SecureOptions = { host, helo: options.helo, ca: options.ca, signal };
  const first = await secure({ socket, dialogue }, secureOptions);
  if (first !== 'in-the-clear') return first;
  const again = await connectFirst([address], connecting(run));
  if (!again.ok) return again;
  sockets.push(again.value.socket);
  const greeted = await greet(again.value.socket);
  if (!greeted.ok) return greeted;
  const hello = await sayHello(greeted.value.dialogue, options.helo);
  if (!hello.ok) return hello;
  const detail = 'The host offers STARTTLS, but it fails there: mail travels unencrypted.';
  return ok({ dialogue: greeted.value.dialogue, detail });
}

async function askFor(
  dialogue: Dialogue,
  recipient: string,
  onRefused: (refused: Refused) => void,
): Promise<Step<undefined>> {
  const commands = { MAIL: 'MAIL FROM:<>', RCPT: `RCPT TO:<${recipient}>` };
  for (const command of ['MAIL', 'RCPT'] as const) {
    const answer = await dialogue.ask(commands[command]);
    if (!answer.ok) return answer;
    const { code, words } = answer.value;
    if (code >= 200 && code <= 299) continue;
    onRefused({ command, code, words });
    return fail(`${commands[command]} is answered with ${words}`);
  }
  return ok({ value: undefined, detail: `${recipient} is taken.` });
}

const quitMs = 500;

/** Said politely; its answer changes nothing, so it is not waited for long. */
async function quit(dialogue: Dialogue): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, quitMs);
  await Promise.race([dialogue.ask('QUIT'), late]);
  clearTimeout(timer);
}
