/** Mails that come into the quarantine while somebody looks at a search: each is told once. */
import { tracked } from '@trpc/server';
import type { TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import type { QuarantineHit, QuarantineQuery } from '@sluice/core/ports/quarantine-index.ts';
import { quarantinedAfter, waitFor } from '@sluice/postgres';
import type { Caller } from '../access.ts';
import type { Services } from '../services.ts';
import { describeHits, type Hit } from '../routers/quarantine-hits.ts';

export interface LiveHits {
  readonly items: readonly Hit[];
  /** More have come than are told: search again. */
  readonly more?: true;
}

export interface LiveRequest {
  readonly caller: Caller;
  readonly scope: TenantScope;
  readonly services: Services;
  readonly query: QuarantineQuery;
  /** Position up to which the client knows everything; undefined: up to now. */
  readonly lastEventId: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/** What a client has been shown: the newest mails of its search. */
interface Known {
  readonly ids: ReadonlySet<string>;
  /** Below it the page ended: what is older comes into it only because something above has gone. ISO 8601. */
  readonly floor: string;
}

const pageSize = 50;

/** Begins with an empty batch, so that a client knows from where to go on if it is cut off before the first mail. */
export async function* liveHits(request: LiveRequest) {
  const { services, signal, lastEventId } = request;
  const { quarantine, live } = services;
  const from = lastEventId ?? (await quarantine.checkpoint()) ?? '0';
  let known = lastEventId === undefined ? knownFrom(await search(request)) : undefined;
  yield tracked(from, { items: [] } as LiveHits);
  for await (const position of live.quarantine.moves(from, signal)) {
    const page = await search(request);
    const fresh =
      known === undefined ? await cameAfter(request, page, from, position) : page.filter(isNewTo(known));
    known = knownFrom(page);
    if (fresh.length === 0) continue;
    const items = await describeHits(request, fresh);
    const isCut = fresh.length === page.length && page.length === pageSize;
    yield tracked(position, { items, ...(isCut ? { more: true as const } : {}) } as LiveHits);
  }
}

const search = async ({ scope, services, query }: LiveRequest): Promise<readonly QuarantineHit[]> =>
  (await services.quarantine.search(scope, { ...query, limit: pageSize })).items;

const knownFrom = (page: readonly QuarantineHit[]): Known => ({
  ids: new Set(page.map(({ mailId }) => mailId)),
  floor: page.length < pageSize ? '' : (page.at(-1)?.receivedAt ?? ''),
});

const isNewTo =
  ({ ids, floor }: Known) =>
  ({ mailId, receivedAt }: QuarantineHit): boolean =>
    !ids.has(mailId) && receivedAt >= floor;

/** For a client that was cut off: by the log, since nobody remembers what it was shown. */
async function cameAfter(
  { scope, services: { db } }: LiveRequest,
  page: readonly QuarantineHit[],
  from: string,
  position: string,
): Promise<readonly QuarantineHit[]> {
  await waitFor(db, 'timeline', position);
  const mailIds = page.map(({ mailId }) => mailId);
  const fresh = await quarantinedAfter(scope, db, { mailIds, position: from });
  return page.filter(({ mailId }) => fresh.has(mailId));
}
