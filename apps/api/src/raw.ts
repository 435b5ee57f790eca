/** `GET /mails/ID/raw`: the bytes of a kept mail as received; every look is an event that the customer sees. */
import type { ServerResponse } from 'node:http';
import { readMail } from '@sluice/core/archive/read-pack.ts';
import { createCommandContext } from '@sluice/core/use-cases/context.ts';
import { bodyOf, readDecision, recordView } from '@sluice/core/use-cases/mails.ts';
import { createMailLookup } from '@sluice/postgres';
import { sendJson } from '@sluice/telemetry';
import type { Caller } from './access.ts';
import type { Services } from './services.ts';

/** The id in the path, or undefined if the path is another. */
export const rawMailId = (url: string): string | undefined =>
  /^\/mails\/([0-9a-f-]{36})\/raw(?:\?|$)/.exec(url)?.[1];

interface RawRequest {
  readonly mailId: string;
  readonly caller: Caller;
}

export async function sendRaw(
  services: Services,
  { mailId, caller }: RawRequest,
  response: ServerResponse,
): Promise<void> {
  const refuse = (status: number, error: string): void => sendJson(response, status, { error });
  const context = createCommandContext(services.commandPorts, caller.actor);
  const place = await createMailLookup(services.db).find(caller.scope, mailId);
  if (place === undefined) return refuse(404, 'There is no such mail.');
  const decision = await readDecision(services.commandPorts, place);
  if (!decision.ok) return refuse(decision.error.code === 'damaged' ? 500 : 404, decision.error.message);
  const location = await bodyOf(context, decision.value);
  if (location === undefined)
    return refuse(404, 'The body of this mail was not kept: it was accepted and delivered.');
  const raw = await readMail(services.packs, location);
  if (!raw.ok)
    return refuse(500, `The raw mail is ${raw.error} in the archive; run \`sluice archive verify\`.`);
  const viewed = await recordView(context, place, 'raw');
  if (!viewed.ok) return refuse(viewed.error.code === 'mail-expired' ? 404 : 503, viewed.error.message);
  response.writeHead(200, {
    'content-type': 'message/rfc822',
    'content-length': raw.value.length,
    'content-disposition': `attachment; filename="${mailId}.eml"`,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
  response.end(raw.value);
}
