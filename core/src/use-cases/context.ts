/** What every command of the centre works with: the store, keys, time, and who asks. */
import { type AccountEvent, accountFormats } from '../account/account.ts';
import { accountDecider } from '../account/account.decider.ts';
import { type DomainEvents, domainFormats } from '../domain/domain.ts';
import { domainDecider } from '../domain/domain.decider.ts';
import { domainNameDecider, type DomainNameEvent, domainNameFormats } from '../domain/domain-name.ts';
import type { CommandMetadata } from '../kernel/command.ts';
import type { Actor } from '../kernel/event.ts';
import { createEventCodec } from '../kernel/event-codec.ts';
import { type MailEvent, mailFormats } from '../mail/mail.ts';
import { mailDecider } from '../mail/mail.decider.ts';
import type { Clock, Ids } from '../ports/clock.ts';
import type { EventStore } from '../ports/event-store.ts';
import type { KeyStore, Vault } from '../ports/vault.ts';
import type { Replayer } from '../replay/questions.ts';
import { type UserEvent, userFormats } from '../user/user.ts';
import { userDecider } from '../user/user.decider.ts';

export interface CommandPorts {
  readonly store: EventStore;
  readonly vault: Vault;
  readonly keys: KeyStore;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Missing: recorded decisions are gone over in this thread. */
  readonly replayer?: Replayer;
}

/** One caller's command context: the aggregates, and fresh metadata for each command. */
export interface CommandContext {
  readonly ports: CommandPorts;
  readonly aggregates: Aggregates;
  metadata(): CommandMetadata;
}

export type Aggregates = ReturnType<typeof createAggregates>;

/** The aggregates on one store. */
export function createAggregates({ store, vault }: Pick<CommandPorts, 'store' | 'vault'>) {
  return {
    account: { decider: accountDecider, codec: createEventCodec<AccountEvent>(accountFormats, vault), store },
    user: { decider: userDecider, codec: createEventCodec<UserEvent>(userFormats, vault), store },
    domain: { decider: domainDecider, codec: createEventCodec<DomainEvents>(domainFormats, vault), store },
    domainName: {
      decider: domainNameDecider,
      codec: createEventCodec<DomainNameEvent>(domainNameFormats, vault),
      store,
    },
    mail: { decider: mailDecider, codec: createEventCodec<MailEvent>(mailFormats, vault), store },
  };
}

/** `correlationId` ties together all that one request causes. */
export function createCommandContext(
  ports: CommandPorts,
  actor: Actor,
  correlationId: string = ports.ids.next(),
): CommandContext {
  return {
    ports,
    aggregates: createAggregates(ports),
    metadata: () => ({ id: ports.ids.next(), now: ports.clock.now(), actor, correlationId }),
  };
}

/** What a command answers: the id of what it was about, and the position to ask queries `after`. */
export interface Done {
  readonly id: string;
  /** Decimal string; undefined if nothing had to change. */
  readonly position: string | undefined;
}

export const done = (id: string, position: bigint | undefined): Done => ({
  id,
  position: position?.toString(),
});
