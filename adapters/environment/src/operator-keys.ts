/** The operator's checks: what every connection has to pass before a domain is known, whatever its domains want. */
import { z } from 'zod';
import { parsePattern } from '@sluice/core/policy/pattern.ts';
import type { Key } from './key.ts';

const mode = z.enum(['off', 'observe', 'reject']).default('reject');
const count = (fallback: number) =>
  z.coerce
    .number('has to be a whole number')
    .int('has to be a whole number')
    .min(0, 'has to be 0 or more')
    .max(1_000_000_000, 'is too much')
    .default(fallback);

/** Entries of a list that is written in one line. */
export const entriesOf = (text: string): readonly string[] =>
  text.split(/[\s,]+/).filter((entry) => entry !== '');

function isNetwork(text: string): boolean {
  const pattern = parsePattern(text);
  return pattern.ok && pattern.value.kind === 'network';
}

export const operatorShape = {
  bannerDelayMs: z.coerce
    .number('has to be a number of milliseconds')
    .int('has to be a whole number')
    .min(0, 'has to be 0 or more')
    .max(60_000, 'has to be at most 60000')
    .default(0),
  connectionLoad: mode,
  maxLoad: z.coerce.number('has to be a number').min(0, 'has to be 0 or more').max(1_000).default(0),
  maxWaiting: count(1_000_000),
  minFreeMiB: count(128),
  connectionRate: mode,
  maxConnectionsPerAddress: count(300),
  maxConnectionsPerNetwork: count(1_500),
  maxConnectionsAtOnce: count(50),
  connectionAbuse: mode,
  maxUnknownCommands: count(10),
  connectionExempt: z
    .string()
    .refine((text) => entriesOf(text).every(isNetwork), {
      error: 'has to be addresses and networks, like 192.0.2.1, 198.51.100.0/24',
    })
    .optional(),
};

export const operatorKeys: Readonly<Record<keyof typeof operatorShape, Key>> = {
  bannerDelayMs: {
    name: 'SLUICE_BANNER_DELAY_MS',
    help: 'How long clients wait for the greeting, in ms: for the check early-talker, which tells more from 500 on',
    fallback: '0',
  },
  connectionLoad: {
    name: 'SLUICE_CONNECTION_LOAD',
    help: 'Check connection-load (421 while this machine is too busy): off, observe or reject',
    fallback: 'reject',
  },
  maxLoad: {
    name: 'SLUICE_MAX_LOAD',
    help: 'Load average per processor from which nobody gets in; 0: not looked at',
    fallback: '0',
  },
  maxWaiting: {
    name: 'SLUICE_MAX_WAITING',
    help: 'Items in the outbox from which nobody gets in; 0: not looked at',
    fallback: '1000000',
  },
  minFreeMiB: {
    name: 'SLUICE_MIN_FREE_MIB',
    help: 'MiB free on the disk of the outbox below which nobody gets in',
    fallback: '128',
  },
  connectionRate: {
    name: 'SLUICE_CONNECTION_RATE',
    help: 'Check connection-rate (421 for floods; private addresses are left alone): off, observe or reject',
    fallback: 'reject',
  },
  maxConnectionsPerAddress: {
    name: 'SLUICE_MAX_CONNECTIONS_PER_ADDRESS',
    help: 'Connections a minute from one address (IPv6: one /64); 0: any number',
    fallback: '300',
  },
  maxConnectionsPerNetwork: {
    name: 'SLUICE_MAX_CONNECTIONS_PER_NETWORK',
    help: 'Connections a minute from one /24 (IPv6: /48); 0: any number',
    fallback: '1500',
  },
  maxConnectionsAtOnce: {
    name: 'SLUICE_MAX_CONNECTIONS_AT_ONCE',
    help: 'Connections open at once from one address, on each edge; 0: any number',
    fallback: '50',
  },
  connectionAbuse: {
    name: 'SLUICE_CONNECTION_ABUSE',
    help: 'Check connection-abuse (HTTP, unknown commands, mail before HELO): off, observe or reject',
    fallback: 'reject',
  },
  maxUnknownCommands: {
    name: 'SLUICE_MAX_UNKNOWN_COMMANDS',
    help: 'Unknown commands between two mails, and mail commands before HELO, that a client may send',
    fallback: '10',
  },
  connectionExempt: {
    name: 'SLUICE_CONNECTION_EXEMPT',
    help: 'Addresses and networks that these three checks leave alone, separated by commas',
    fallback: 'none',
  },
};
