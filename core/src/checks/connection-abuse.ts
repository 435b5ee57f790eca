/** Check 3: what no mail server does on its connection: HTTP, commands that are none, mail before HELO. */
import { z } from 'zod';
import { defineCheck, observed } from './check.ts';
import type { ClientConduct } from './edge-view.ts';

interface AbuseFact {
  readonly conduct: ClientConduct;
  /** As the operator had set them. */
  readonly limits: { readonly maxUnknown: number; readonly maxBeforeHello: number; readonly http: boolean };
}

export const connectionAbuse = defineCheck({
  number: 3,
  name: 'connection-abuse',
  phase: 'connect',
  standing: 'ordinary',
  scope: 'service',
  immediate: true,
  title: 'Abuse of the connection',
  help: 'Ends connections of clients that do not speak SMTP: a web proxy that somebody sends through talks HTTP first, a program that guesses sends mail before it has said HELO. What stays below the limits is noted with the mail.',
  modes: ['off', 'observe', 'reject'],
  settings: z.object({
    maxUnknown: z
      .number()
      .int()
      .min(0)
      .max(1_000)
      .default(10)
      .describe('Unknown commands that a client may send between two mails'),
    maxBeforeHello: z
      .number()
      .int()
      .min(0)
      .max(1_000)
      .default(10)
      .describe('MAIL, RCPT and DATA that a client may send before HELO or EHLO'),
    http: z.boolean().default(true).describe('End connections that speak HTTP'),
  }),
  presets: { relaxed: { mode: 'reject' }, balanced: { mode: 'reject' }, strict: { mode: 'reject' } },
  reasons: {
    'http-request': {
      title: 'Speaks HTTP instead of SMTP',
      code: 421,
      enhanced: '4.7.0',
      text: 'This is SMTP, not HTTP',
    },
    'unknown-commands': {
      title: 'Too many unknown commands',
      code: 421,
      enhanced: '4.7.0',
      text: 'Too many unknown commands',
    },
    'before-hello': {
      title: 'Sends before it has said HELO',
      code: 421,
      enhanced: '4.7.0',
      text: 'Too many commands before EHLO',
    },
  },
  async gather({ edge }, limits) {
    const conduct = edge?.connection.conduct;
    const isClean = conduct === undefined || Object.values(conduct).every((count) => count === 0);
    return isClean ? { status: 'nothing' } : observed({ conduct, limits });
  },
  judge({ conduct, limits }: AbuseFact) {
    const sentence = `The client sent ${words(conduct)}.`;
    const reason =
      limits.http && conduct.httpRequests > 0
        ? 'http-request'
        : conduct.unknownCommands > limits.maxUnknown
          ? 'unknown-commands'
          : conduct.beforeHello > limits.maxBeforeHello
            ? 'before-hello'
            : undefined;
    return reason === undefined ? { result: 'none', sentence } : { result: 'fail', reason, sentence };
  },
});

const counted = (count: number, one: string, many: string): string =>
  count === 0 ? '' : count === 1 ? `one ${one}` : `${count} ${many}`;

const words = ({ unknownCommands, httpRequests, beforeHello }: ClientConduct): string =>
  [
    counted(httpRequests, 'request of HTTP', 'requests of HTTP'),
    counted(unknownCommands, 'unknown command', 'unknown commands'),
    counted(beforeHello, 'command of a mail before HELO', 'commands of a mail before HELO'),
  ]
    .filter((one) => one !== '')
    .join(', ');
