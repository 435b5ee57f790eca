/** Shared questions are asked once. */
import { describe, expect, it } from 'vitest';
import { fail, ok } from '../kernel/result.ts';
import type { InspectedMessage } from '../ports/message-inspector.ts';
import { envelopeOf, messageOf, resolverOf } from './check-specification.ts';
import { createObservations, defaultObservationDeadlines } from './observations.ts';

interface Setup {
  readonly hasRaw?: boolean;
  readonly message?: InspectedMessage | 'timeout' | 'failed';
  readonly hasScanner?: boolean;
}

function observing({ hasRaw = true, message = messageOf(), hasScanner = true }: Setup = {}) {
  const asked: string[] = [];
  const ask = (what: string) => asked.push(what);
  const observed = createObservations({
    envelope: envelopeOf(),
    raw: hasRaw ? new Uint8Array([1]) : undefined,
    textLimit: 500,
    deadlines: defaultObservationDeadlines,
    ports: {
      resolver: resolverOf({}),
      authenticator: {
        spf: async ({ ip, helo, sender, deadlineMs }) => {
          ask(`spf ${ip} ${helo} ${sender} ${deadlineMs}`);
          return { result: 'pass', domain: 'sender.example' };
        },
        dkim: async (bytes, deadlineMs) => {
          ask(`dkim ${bytes.length} ${deadlineMs}`);
          return [];
        },
        arc: async (bytes, deadlineMs) => {
          ask(`arc ${bytes.length} ${deadlineMs}`);
          return { result: 'none', sets: [] };
        },
      },
      inspector: {
        inspect: async (bytes, { textLimit, deadlineMs }) => {
          ask(`message ${bytes.length} ${textLimit} ${deadlineMs}`);
          return typeof message === 'string' ? fail(message) : ok(message);
        },
      },
      scanner: hasScanner
        ? {
            scan: async (bytes, deadlineMs) => {
              ask(`scan ${bytes.length} ${deadlineMs}`);
              return { status: 'clean', engine: 'test' };
            },
          }
        : undefined,
    },
  });
  return { observed, asked };
}

describe('observations', () => {
  it('ask nothing until somebody wants to know', () => {
    expect(observing().asked).toEqual([]);
  });

  it('ask each question once, with its own deadline, however many want to know', async () => {
    const { observed, asked } = observing();
    const askAll = () => Promise.all([observed.spf(), observed.dkim(), observed.message(), observed.scan()]);
    const [first, second] = await Promise.all([askAll(), askAll()]);
    expect(second).toEqual(first);
    await askAll();
    expect(asked.toSorted()).toEqual([
      'dkim 1 5000',
      'message 1 500 20000',
      'scan 1 60000',
      'spf 192.0.2.10 mx.sender.example alice@sender.example 10000',
    ]);
  });

  it('have no scan where no scanner is configured', async () => {
    expect(await observing({ hasScanner: false }).observed.scan()).toBeUndefined();
  });

  it.each([
    ['timeout', 'the message could not be read in time'],
    ['failed', 'the message could not be read'],
  ] as const)('reject with the reason if the message cannot be read (%s)', async (message, reason) => {
    const { observed } = observing({ message });
    await expect(observed.message()).rejects.toThrow(reason);
  });

  it('refuse what needs the message before it is there, and answer the rest', async () => {
    const { observed } = observing({ hasRaw: false });
    for (const question of ['dkim', 'message', 'scan'] as const) {
      await expect(observed[question]()).rejects.toThrow('the message is not there yet');
    }
    expect(await observed.spf()).toMatchObject({ result: 'pass' });
  });
});
