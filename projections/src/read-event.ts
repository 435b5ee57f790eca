/** Opens recorded events of every type that this version knows. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type AccountEvent, accountFormats } from '@sluice/core/account/account.ts';
import { type ConnectionsRefused, edgeFormats } from '@sluice/core/decision/edge-counters.ts';
import { decisionFormats, type MailJudged } from '@sluice/core/decision/mail-judged.ts';
import { type DomainEvents, domainFormats } from '@sluice/core/domain/domain.ts';
import type { RecordedEvent } from '@sluice/core/kernel/event.ts';
import { createEventCodec } from '@sluice/core/kernel/event-codec.ts';
import type { JsonObject } from '@sluice/core/kernel/json.ts';
import { type MailEvent, mailFormats } from '@sluice/core/mail/mail.ts';
import type { Vault } from '@sluice/core/ports/vault.ts';
import { serviceListFormats, type ServiceListEvent } from '@sluice/core/service/service-lists.ts';
import { type UserEvent, userFormats } from '@sluice/core/user/user.ts';

export type KnownEvent =
  | AccountEvent
  | UserEvent
  | DomainEvents
  | MailEvent
  | MailJudged
  | ServiceListEvent
  | ConnectionsRefused;

const formats = {
  ...accountFormats,
  ...userFormats,
  ...domainFormats,
  ...mailFormats,
  ...decisionFormats,
  ...edgeFormats,
  ...serviceListFormats,
};

export type Opened =
  | { readonly status: 'open'; readonly recorded: RecordedEvent; readonly event: KnownEvent }
  /** The key of the personal part is gone. */
  | { readonly status: 'erased'; readonly recorded: RecordedEvent; readonly plain: JsonObject }
  /** Of a type that this version does not know, or does not project. */
  | { readonly status: 'unknown'; readonly recorded: RecordedEvent };

/** What is stored is not what was sealed: a matter for the failure policy. */
class EventDamaged extends Error {
  override readonly name = 'EventDamaged';
}

/** Opens events, in order. Throws EventDamaged. */
export type ReadEvents = (events: readonly RecordedEvent[]) => Promise<readonly Opened[]>;

/** No read model lists facts. */
const withoutDetails = { details: false };

/** Events opened before the next ones are let in from the network, so that the store reads on meanwhile. */
const atOnce = 24;

export function createEventReader(vault: Vault): ReadEvents {
  const codec = createEventCodec<KnownEvent>(formats, vault);
  const open = async (recorded: RecordedEvent): Promise<Opened> => {
    if (!codec.knows(recorded.type)) return { status: 'unknown', recorded };
    const decoded = await codec.decode(recorded, withoutDetails);
    if (decoded.ok) return { status: 'open', recorded, event: decoded.value };
    if (decoded.error.code === 'erased') return { status: 'erased', recorded, plain: decoded.error.plain };
    throw new EventDamaged(
      `event ${recorded.id} of ${recorded.stream} cannot be read: ${decoded.error.code}`,
    );
  };
  return async (events) => {
    const opened: Opened[] = [];
    for (let from = 0; from < events.length; from += atOnce) {
      if (from > 0) await nextTurn();
      opened.push(...(await Promise.all(events.slice(from, from + atOnce).map(open))));
    }
    return opened;
  };
}
