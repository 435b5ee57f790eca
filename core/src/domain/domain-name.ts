/** The reservation of a domain name: one stream per name, so that a name belongs to one account at a time. */
import type { Command } from '../kernel/command.ts';
import type { Decider } from '../kernel/decider.ts';
import type { DomainEvent } from '../kernel/event.ts';
import type { EventFormats } from '../kernel/event-codec.ts';
import { ok, refuse, type Refusal, type Result } from '../kernel/result.ts';

interface Holder {
  readonly domainId: string;
  readonly accountId: string;
}

export type DomainNameEvent =
  | DomainEvent<'DomainNameReserved', Holder>
  | DomainEvent<'DomainNameReleased', { readonly domainId: string }>;

export type DomainNameCommand =
  | Command<'ReserveDomainName', Holder>
  | Command<'ReleaseDomainName', { readonly domainId: string }>;

export type DomainNameState = { readonly status: 'free' } | ({ readonly status: 'reserved' } & Holder);

export type DomainNameRefusal = Refusal<'name-taken'>;

export const domainNameFormats: EventFormats<DomainNameEvent> = {
  DomainNameReserved: { version: 1, sealed: [] },
  DomainNameReleased: { version: 1, sealed: [] },
};

export const domainNameDecider: Decider<
  DomainNameState,
  DomainNameCommand,
  DomainNameEvent,
  DomainNameRefusal
> = {
  initialState: { status: 'free' },
  decide(command, state) {
    switch (command.type) {
      case 'ReserveDomainName':
        return reserve(command.data, state);
      case 'ReleaseDomainName':
        return state.status === 'reserved' && state.domainId === command.data.domainId
          ? ok([{ type: 'DomainNameReleased', data: command.data }])
          : ok([]);
      default:
        return command satisfies never;
    }
  },
  evolve: (_state, event) =>
    event.type === 'DomainNameReserved' ? { status: 'reserved', ...event.data } : { status: 'free' },
  // A released name can be reserved again, so its stream never ends.
  isTerminal: () => false,
};

function reserve(
  holder: Holder,
  state: DomainNameState,
): Result<readonly DomainNameEvent[], DomainNameRefusal> {
  if (state.status === 'free') return ok([{ type: 'DomainNameReserved', data: holder }]);
  if (state.domainId === holder.domainId) return ok([]);
  return refuse('name-taken', 'This domain is set up already; if it is yours, ask the operator.');
}

/**
 * A domain name in the one form that is stored: lower case, IDNA A-labels are kept as they are, no final dot.
 * Undefined for what is no host name (RFC 1123 §2.1) of at least two labels.
 */
export function normalizeDomainName(text: string): string | undefined {
  const name = text.trim().toLowerCase().replace(/\.$/, '');
  const labels = name.split('.');
  const isLabel = (label: string) => /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?$/.test(label);
  return name.length <= 253 && labels.length >= 2 && labels.every(isLabel) ? name : undefined;
}
