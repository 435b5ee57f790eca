/** Procedures that change a domain's route and policy. */
import { z } from 'zod';
import { presetNames } from '@sluice/core/checks/check.ts';
import { parseRoute } from '@sluice/core/domain/route.ts';
import type { TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import type { CommandContext } from '@sluice/core/use-cases/context.ts';
import { changeDomain, type DomainChange } from '@sluice/core/use-cases/domains.ts';
import { modes } from '@sluice/core/policy/policy.ts';
import { currentEdition } from '@sluice/core/policy/presets.ts';
import type { Services } from '../services.ts';
import { must, operatorProcedure, permitted, router } from '../trpc.ts';
import { visibleDomain } from './visible-domain.ts';

const named = { domain: z.string().min(1).max(253) };

interface Caller {
  readonly scope: TenantScope;
  readonly services: Services;
  readonly commands: CommandContext;
}

async function change(ctx: Caller, domain: string, command: DomainChange) {
  const { id, accountId } = await visibleDomain(ctx.scope, ctx.services, domain);
  return must(await changeDomain(ctx.commands, { domainId: id, accountId }, command));
}

const checkSettings = z.object({
  ...named,
  check: z.string(),
  mode: z.enum(modes).optional(),
  weight: z.number().optional(),
  onError: z.enum(['ignore', 'defer']).optional(),
  exempt: z.array(z.string()).max(1_000).optional(),
  settings: z.record(z.string(), z.json()).optional(),
});

const listEntry = z.object({
  ...named,
  action: z.enum(['allow', 'block']),
  pattern: z.string().max(320),
  mailbox: z.string().max(320).optional(),
  authenticated: z.boolean().default(false),
  expires: z.iso.datetime().optional(),
  note: z.string().max(500).optional(),
});

const listKey = listEntry.pick({ domain: true, action: true, pattern: true, mailbox: true });

const mailboxThresholds = z.object({
  ...named,
  mailbox: z.string().min(1).max(320),
  tag: z.number(),
  hold: z.number(),
  reject: z.number(),
});

/** Exact optional types take no undefined members. */
const definite = <T extends object>(value: T) =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined));

export const settings = router({
  /** Only the operator may route mail to private addresses. */
  route: permitted('change-settings')
    .input(z.object({ ...named, urls: z.array(z.string()).min(1) }))
    .mutation(({ ctx, input }) => {
      const hosts = input.urls.map((url) => must(parseRoute(url)));
      const trusted = ctx.scope.kind === 'service';
      return change(ctx, input.domain, { type: 'SetRoute', data: { hosts, trusted } });
    }),

  check: permitted('change-settings')
    .input(checkSettings)
    .mutation(({ ctx, input: { domain, ...data } }) =>
      // The schema is ConfigureCheck's data; only the undefined members differ.
      change(ctx, domain, { type: 'ConfigureCheck', data: definite(data) } as DomainChange),
    ),

  preset: permitted('change-settings')
    .input(z.object({ ...named, preset: z.enum(presetNames) }))
    .mutation(({ ctx, input }) =>
      change(ctx, input.domain, { type: 'ChoosePreset', data: { preset: input.preset } }),
    ),

  /** Moves the domain to a newer edition of its preset; what it sets differently stays. */
  edition: permitted('change-settings')
    .input(z.object({ ...named, edition: z.int().min(1).default(currentEdition) }))
    .mutation(({ ctx, input: { domain, edition } }) =>
      change(ctx, domain, { type: 'TakeEdition', data: { edition } }),
    ),

  thresholds: permitted('change-settings')
    .input(z.object({ ...named, tag: z.number(), hold: z.number(), reject: z.number() }))
    .mutation(({ ctx, input: { domain, ...data } }) => change(ctx, domain, { type: 'SetThresholds', data })),

  mailboxThresholds: permitted('change-settings')
    .input(mailboxThresholds)
    .mutation(({ ctx, input: { domain, ...data } }) =>
      change(ctx, domain, { type: 'SetMailboxThresholds', data }),
    ),

  /** Those of the domain hold for the mailbox again. */
  removeMailboxThresholds: permitted('change-settings')
    .input(mailboxThresholds.pick({ domain: true, mailbox: true }))
    .mutation(({ ctx, input: { domain, ...data } }) =>
      change(ctx, domain, { type: 'RemoveMailboxThresholds', data }),
    ),

  /** Whether accepted mail tells its verdict in the header field X-Sluice-Verdict. */
  verdictHeader: permitted('change-settings')
    .input(z.object({ ...named, enabled: z.boolean() }))
    .mutation(({ ctx, input: { domain, enabled } }) =>
      change(ctx, domain, { type: 'SetVerdictHeader', data: { enabled } }),
    ),

  list: permitted('change-settings')
    .input(listEntry)
    .mutation(({ ctx, input: { domain, ...data } }) =>
      change(ctx, domain, { type: 'AddListEntry', data: definite(data) } as DomainChange),
    ),

  unlist: permitted('change-settings')
    .input(listKey)
    .mutation(({ ctx, input: { domain, ...data } }) =>
      change(ctx, domain, { type: 'RemoveListEntry', data: definite(data) } as DomainChange),
    ),

  vouch: operatorProcedure
    .input(z.object(named))
    .mutation(({ ctx, input }) =>
      change(ctx, input.domain, { type: 'ProveDomain', data: { by: 'operator' } }),
    ),

  suspend: operatorProcedure
    .input(z.object({ ...named, reason: z.string().min(1).max(500) }))
    .mutation(({ ctx, input: { domain, reason } }) =>
      change(ctx, domain, { type: 'SuspendDomain', data: { reason } }),
    ),

  resume: operatorProcedure
    .input(z.object(named))
    .mutation(({ ctx, input }) => change(ctx, input.domain, { type: 'ResumeDomain', data: {} })),
});
