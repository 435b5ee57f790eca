/** What a search of the quarantine can be narrowed to, as callers write it and as the index takes it. */
import { z } from 'zod';
import type { TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import type { QuarantineQuery } from '@sluice/core/ports/quarantine-index.ts';
import type { Caller } from '../access.ts';
import type { Services } from '../services.ts';
import { visibleDomain } from './visible-domain.ts';

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

/** NOT_FOUND for a domain that the caller may not see. Who may not read mails does not search in them either. */
export async function toQuery(
  { caller, scope, services }: Asking,
  { domain, ...given }: z.output<typeof filter>,
): Promise<QuarantineQuery> {
  const view = domain === undefined ? undefined : await visibleDomain(scope, services, domain);
  // Exact optional types take no undefined members.
  const definite = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const fields = caller.permissions.includes('read-mail') ? 'all' : 'headers';
  return { ...definite, fields, ...(view === undefined ? {} : { domainId: view.id }) };
}
