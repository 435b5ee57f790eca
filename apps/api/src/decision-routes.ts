/** `GET /decisions/DOMAIN/export?since&until&opened`: the log of decisions of a domain as a file that verifies offline. */
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { exportDecisions } from '@sluice/core/audit/export-decisions.ts';
import type { ExportedDecision } from '@sluice/core/audit/export-format.ts';
import type { RecordedDecision } from '@sluice/core/replay/read-decisions.ts';
import { showDomain } from '@sluice/postgres';
import { sendJson } from '@sluice/telemetry';
import { type Caller, quoting } from './access.ts';
import type { Services } from './services.ts';

const time = z.iso.datetime({ offset: true }).optional();

const querySchema = z.object({
  since: time,
  until: time,
  opened: z.stringbool().optional(),
});

export interface ExportAsked {
  /** Name or id. */
  readonly domain: string;
  readonly query: URLSearchParams;
}

/** Which domain's export a path names; undefined if the path is another. */
export function exportRequestOf(url: string): ExportAsked | undefined {
  const found = /^\/decisions\/([A-Za-z0-9.-]{1,253})\/export(?:\?(.*))?$/.exec(url);
  return found?.[1] === undefined
    ? undefined
    : { domain: found[1], query: new URLSearchParams(found[2] ?? '') };
}

/** `caller`: may read; which domains, their scope says. Whoever may not read mails gets no excerpts of them. */
export async function sendExport(
  services: Services,
  { asked, caller }: { readonly asked: ExportAsked; readonly caller: Caller },
  response: ServerResponse,
): Promise<void> {
  const query = querySchema.safeParse(Object.fromEntries(asked.query));
  if (!query.success) {
    return sendJson(response, 400, { error: 'since and until are times like 2026-11-22T14:00:00Z.' });
  }
  const domain = await showDomain(caller.scope, services.db, asked.domain);
  if (domain === undefined) return sendJson(response, 404, { error: 'There is no such domain.' });
  const { signer, commandPorts } = services;
  if (signer === undefined) {
    return sendJson(response, 503, { error: 'Nothing can be signed: SLUICE_ROOTS_KEY is not set.' });
  }
  const { opened, since, until } = query.data;
  const leaving = new AbortController();
  response.once('close', () => leaving.abort());
  const lines = exportDecisions(
    { ...commandPorts, signer },
    {
      domain: { id: domain.id, name: domain.details.name },
      since,
      until,
      open: opened === true ? (decision) => openedFor(caller, decision) : undefined,
      signal: leaving.signal,
    },
  );
  response.writeHead(200, {
    'content-type': 'application/jsonl; charset=utf-8',
    'content-disposition': `attachment; filename="decisions-${domain.details.name}.jsonl"`,
    'cache-control': 'private, no-store',
    'x-content-type-options': 'nosniff',
  });
  // Cut off where the log fails under way: the file says so itself, having no end.
  await pipeline(Readable.from(lines), response).catch((error: unknown) => {
    if (!leaving.signal.aborted) services.log.error({ error: String(error) }, 'An export was cut off');
  });
}

function openedFor(caller: Caller, { data, erased }: RecordedDecision): ExportedDecision['opened'] {
  if (data === undefined) return erased ? 'erased' : undefined;
  const { envelope, facts, summary } = data;
  return {
    envelope,
    facts: caller.permissions.includes('read-mail') ? facts : {},
    summary: quoting(caller, summary),
  };
}
