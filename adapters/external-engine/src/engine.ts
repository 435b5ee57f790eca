/** The ExternalEngine port: the operator's engine, or one that a customer names, which may not be a private address. */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isPrivateAddress } from '@sluice/core/policy/private-address.ts';
import type { EngineAnswer, EngineQuestion, ExternalEngine } from '@sluice/core/ports/external-engine.ts';
import { askRspamd } from './rspamd.ts';
import { askSpamd } from './spamd.ts';

/** Where to connect: the address was looked at, the name is for TLS and the Host field. */
export interface EnginePlace {
  readonly protocol: 'http:' | 'https:' | 'spamd:';
  readonly host: string;
  readonly address: string;
  readonly port: number;
}

const ports = { 'http:': 11_333, 'https:': 443, 'spamd:': 783 } as const;

/** `url`: the operator's, trusted to lead anywhere; undefined without one. */
export function connectEngine(url: string | undefined): ExternalEngine {
  return {
    async ask(question) {
      const target = question.target === '' ? url : question.target;
      if (target === undefined) return undefined;
      const started = performance.now();
      try {
        const place = await within(placeOf(target, question.target === ''), question.deadlineMs);
        const deadlineMs = Math.max(1, question.deadlineMs - (performance.now() - started));
        return await askAt(place, { ...question, deadlineMs });
      } catch (error) {
        return { status: 'error', message: `the engine at ${hostOf(target)}: ${reasonOf(error)}` };
      }
    },
  };
}

const askAt = (place: EnginePlace, question: EngineQuestion): Promise<EngineAnswer> =>
  place.protocol === 'spamd:' ? askSpamd(place, question) : askRspamd(place, question);

async function placeOf(target: string, isTrusted: boolean): Promise<EnginePlace> {
  const { protocol, hostname, port } = new URL(target);
  if (protocol !== 'http:' && protocol !== 'https:' && protocol !== 'spamd:') {
    throw new Error(`${protocol} is no protocol of an engine`);
  }
  const host = hostname.replace(/^\[|\]$/g, '');
  const found = isIP(host) === 0 ? (await lookup(host, { all: true })).map(({ address }) => address) : [host];
  const address = found.find((one) => isTrusted || !isPrivateAddress(one));
  if (address === undefined)
    throw new Error('it leads to a private address; only the operator can set that up');
  return { protocol, host, address, port: port === '' ? ports[protocol] : Number(port) };
}

async function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  const { promise: expired, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  try {
    return await Promise.race([promise, expired]);
  } finally {
    clearTimeout(timer);
  }
}

/** Without what may be a password in it. */
const hostOf = (target: string): string =>
  /\/\/(?:[^/@]*@)?([^/?#]*)/.exec(target)?.[1] ?? 'an unreadable address';

const reasonOf = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return (code === '' ? (error instanceof Error ? error.message : String(error)) : code).slice(0, 150);
};
