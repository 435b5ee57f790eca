/** What a search of the quarantine can be narrowed to, as callers write it and as the index takes it. */
import { z } from 'zod';
import type { TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import type { QuarantineQuery } from '@sluice/core/ports/quarantine-index.ts';
import { type DomainName, nameDomain } from '@sluice/postgres';
import type { Caller } from '../access.ts';
import type { Services } from '../services.ts';
import { notFound } from '../trpc.ts';

export const filterShape = {
  text: z.string().max(1_000).optional(),
  /** Name or id. */
  domain: z.string().max(253).optional(),
  since: z.iso.datetime({ offset: true }).optional(),
  until: z.iso.datetime({ offset: true }).optional(),
  reason: z.string().max(64).optional(),
  check: z.string().max(64).optional(),
  sender: z.string().max(320).optional(),
  recipient: z.string().max(320).optional(),
  limit: z.int().min(1).max(200).optional(),
  cursor: z.string().max(200).optional(),
};

const filter = z.object(filterShape);

interface Asking {
  readonly caller: Caller;
  readonly scope: TenantScope;
  readonly services: Services;
}

export interface AskedFor {
  readonly query: QuarantineQuery;
  /** The one domain that it is about; undefined: all that the scope shows. */
  readonly domain: DomainName | undefined;
}

/** NOT_FOUND for a domain that the caller may not see. Who may not read mails does not search in them either. */
export async function toQuery(
  { caller, scope, services }: Asking,
  { domain: named, ...given }: z.output<typeof filter>,
): Promise<AskedFor> {
  const domain = named === undefined ? undefined : await nameDomain(scope, services.db, named);
  if (named !== undefined && domain === undefined) throw notFound('domain');
  // Exact optional types take no undefined members.
  const definite = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const fields = caller.permissions.includes('read-mail') ? 'all' : 'headers';
  return { query: { ...definite, fields, ...(domain && { domainId: domain.id }) }, domain };
}
