/** The ground of all procedures: who calls, what they may see, and how refusals become errors. */
import { initTRPC, TRPCError } from '@trpc/server';
import type { Action } from '@sluice/core/account/permissions.ts';
import type { Refusal, Result } from '@sluice/core/kernel/result.ts';
import { type CommandContext, createCommandContext } from '@sluice/core/use-cases/context.ts';
import { admit, type Caller, type Requirement } from './access.ts';
import { faultOf } from './faults.ts';
import { isIterable, whileAdmitted } from './live/while-admitted.ts';
import type { Services } from './services.ts';

export type { Caller } from './access.ts';

/** `caller` is undefined without valid credentials: then every procedure answers UNAUTHORIZED. */
export interface RequestContext {
  readonly caller: Caller | undefined;
  readonly services: Services;
  /** Who calls, asked again later: the session may have ended, or the role changed. */
  readonly again?: () => Promise<Caller | undefined>;
}

/** Of every procedure, so that tests can ask each what it requires. */
interface Meta {
  readonly requires: Requirement;
}

/** A subscription is asked for anew now and then: it holds no connection for ever. */
const sse = {
  maxDurationMs: 5 * 60_000,
  ping: { enabled: true, intervalMs: 15_000 },
  client: { reconnectAfterInactivityMs: 40_000 },
};

/** A refusal that became an error: its code goes to clients, which tell by it what it is about. */
class Refused extends Error {
  readonly refusal: string;
  constructor(refusal: string, message: string) {
    super(message);
    this.refusal = refusal;
  }
}

const trpc = initTRPC
  .context<RequestContext>()
  .meta<Meta>()
  .create({
    isDev: false,
    sse,
    errorFormatter: ({ shape, error: { cause } }) =>
      cause instanceof Refused ? { ...shape, data: { ...shape.data, refusal: cause.refusal } } : shape,
  });

export const { router } = trpc;

/** Every procedure begins here: without a caller there is no scope, and without a scope no query. */
const procedureFor = (requires: Requirement) =>
  trpc.procedure.meta({ requires }).use(async ({ ctx, next }) => {
    const { services } = ctx;
    const admitted = admit(ctx.caller, requires);
    if (!admitted.ok) throw new TRPCError({ code: admitted.error.code, message: admitted.error.message });
    const caller = admitted.value;
    const { actor, scope } = caller;
    const commands: CommandContext = createCommandContext(services.commandPorts, actor);
    const result = await next({ ctx: { services, caller, scope, actor, commands } });
    // An error that nobody meant to answer has a cause, and tRPC would give that one's words to the client.
    const cause = result.ok ? undefined : result.error.cause;
    const isUnmeant = cause !== undefined && !(cause instanceof Refused);
    if (!result.ok && result.error.code === 'INTERNAL_SERVER_ERROR' && isUnmeant) {
      const { code, message } = faultOf(cause);
      throw new TRPCError({ code, message, cause });
    }
    if (!result.ok || !isIterable(result.data)) return result;
    const isAdmitted = async (): Promise<boolean> =>
      ctx.again === undefined || isSame(admit(await ctx.again(), requires), caller);
    return { ...result, data: whileAdmitted(result.data, isAdmitted) };
  });

const isSame = (now: ReturnType<typeof admit>, { scope }: Caller): boolean =>
  now.ok && JSON.stringify(now.value.scope) === JSON.stringify(scope);

/** For callers who may do this in their account; the operator may do everything in all of them. */
export const permitted = (action: Action) => procedureFor(action);

/** For everybody who has signed in, a user of no account included. */
export const signedInProcedure = procedureFor('signed-in');

/** For what concerns the service as a whole. */
export const operatorProcedure = procedureFor('operator');

type Code = ConstructorParameters<typeof TRPCError>[0]['code'];

/** What a refusal's code means to a client; anything else is a refusal of a valid request. */
const codes: Readonly<Record<string, Code>> = {
  unavailable: 'SERVICE_UNAVAILABLE',
  conflict: 'CONFLICT',
  damaged: 'INTERNAL_SERVER_ERROR',
  'no-domain': 'NOT_FOUND',
  'no-account': 'NOT_FOUND',
  'no-user': 'NOT_FOUND',
  'no-member': 'NOT_FOUND',
  'owners-only': 'FORBIDDEN',
  'foreign-user': 'FORBIDDEN',
  'virus-release': 'FORBIDDEN',
  'guarded-setting': 'FORBIDDEN',
  'is-member': 'CONFLICT',
  'bad-domains': 'BAD_REQUEST',
  'no-mail': 'NOT_FOUND',
  'bad-name': 'BAD_REQUEST',
  'bad-route': 'BAD_REQUEST',
  'bad-pattern': 'BAD_REQUEST',
  'bad-edition': 'BAD_REQUEST',
  'bad-setting': 'BAD_REQUEST',
  'bad-mode': 'BAD_REQUEST',
  'bad-thresholds': 'BAD_REQUEST',
  'bad-mailbox': 'BAD_REQUEST',
  'no-thresholds': 'NOT_FOUND',
  'bad-undo': 'BAD_REQUEST',
  'bad-email': 'BAD_REQUEST',
  'bad-recipient': 'BAD_REQUEST',
  'unknown-check': 'BAD_REQUEST',
};

/** The value, or the refusal as an error with its sentence. */
export function must<T>(result: Result<T, Refusal>): T {
  if (result.ok) return result.value;
  const { code: refusal, message } = result.error;
  const code = codes[refusal] ?? 'UNPROCESSABLE_CONTENT';
  throw new TRPCError({ code, message, cause: new Refused(refusal, message) });
}

export const notFound = (what: string): TRPCError =>
  new TRPCError({ code: 'NOT_FOUND', message: `There is no such ${what}.` });
