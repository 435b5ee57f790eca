/** The ground of all procedures: who calls, what they may see, and how refusals become errors. */
import { initTRPC, TRPCError } from '@trpc/server';
import type { Actor } from '@sluice/core/kernel/event.ts';
import type { Refusal, Result } from '@sluice/core/kernel/result.ts';
import type { TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import { type CommandContext, createCommandContext } from '@sluice/core/use-cases/context.ts';
import { faultOf } from './faults.ts';
import type { Services } from './services.ts';

/** Who calls: made from a token or a session, never from what a caller says of themselves. */
export interface Caller {
  readonly actor: Actor;
  readonly scope: TenantScope;
}

/** `caller` is undefined without valid credentials: then every procedure answers UNAUTHORIZED. */
export interface RequestContext {
  readonly caller: Caller | undefined;
  readonly services: Services;
}

const trpc = initTRPC.context<RequestContext>().create({ isDev: false });

export const { router } = trpc;

/** Every procedure begins here: without a caller there is no scope, and without a scope no query. */
export const procedure = trpc.procedure.use(async ({ ctx, next }) => {
  if (ctx.caller === undefined) {
    throw new TRPCError({
      code: 'UNAUTHORIZED',
      message: 'Sign in first: the token is missing or not valid.',
    });
  }
  const { actor, scope } = ctx.caller;
  const commands: CommandContext = createCommandContext(ctx.services.commandPorts, actor);
  const result = await next({ ctx: { services: ctx.services, scope, actor, commands } });
  // An error that nobody meant to answer has a cause, and tRPC would give that one's words to the client.
  if (!result.ok && result.error.code === 'INTERNAL_SERVER_ERROR' && result.error.cause !== undefined) {
    const { cause } = result.error;
    const { code, message } = faultOf(cause);
    throw new TRPCError({ code, message, cause });
  }
  return result;
});

/** For what concerns the service as a whole. */
export const operatorProcedure = procedure.use(async ({ ctx, next }) => {
  if (ctx.scope.kind !== 'service') {
    throw new TRPCError({ code: 'FORBIDDEN', message: 'Only the operator may do this.' });
  }
  return next();
});

type Code = ConstructorParameters<typeof TRPCError>[0]['code'];

/** What a refusal's code means to a client; anything else is a refusal of a valid request. */
const codes: Readonly<Record<string, Code>> = {
  unavailable: 'SERVICE_UNAVAILABLE',
  conflict: 'CONFLICT',
  damaged: 'INTERNAL_SERVER_ERROR',
  'no-domain': 'NOT_FOUND',
  'no-account': 'NOT_FOUND',
  'no-user': 'NOT_FOUND',
  'no-mail': 'NOT_FOUND',
  'bad-name': 'BAD_REQUEST',
  'bad-route': 'BAD_REQUEST',
  'bad-pattern': 'BAD_REQUEST',
  'bad-setting': 'BAD_REQUEST',
  'bad-mode': 'BAD_REQUEST',
  'bad-thresholds': 'BAD_REQUEST',
  'bad-email': 'BAD_REQUEST',
  'bad-recipient': 'BAD_REQUEST',
  'unknown-check': 'BAD_REQUEST',
};

/** The value, or the refusal as an error with its sentence. */
export function must<T>(result: Result<T, Refusal>): T {
  if (result.ok) return result.value;
  const code = codes[result.error.code] ?? 'UNPROCESSABLE_CONTENT';
  throw new TRPCError({ code, message: result.error.message });
}

export const notFound = (what: string): TRPCError =>
  new TRPCError({ code: 'NOT_FOUND', message: `There is no such ${what}.` });
