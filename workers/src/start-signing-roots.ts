/** Puts the signing of daily roots together from the configuration. */
import type { Delivery } from '@sluice/core/ports/delivery.ts';
import type { EventStore } from '@sluice/core/ports/event-store.ts';
import type { RootPublisher } from '@sluice/core/ports/root-publisher.ts';
import { createResolver } from '@sluice/dns';
import type { Config } from '@sluice/environment';
import { createRootSigner, systemClock } from '@sluice/node-crypto';
import type { Log } from '@sluice/telemetry';
import { keepSigningRoots } from './keep-signing-roots.ts';
import { createRootMail, createWebhook } from './root-publishers.ts';

interface Ports {
  readonly store: EventStore;
  readonly delivery: Delivery;
  readonly log: Log;
}

/** Signs until it is disposed of. Without a key nothing is signed, and the log says so. */
export function startSigningRoots(config: Config, { store, delivery, log }: Ports): AsyncDisposable {
  const { rootsKey } = config;
  if (rootsKey === undefined) {
    log.warn({}, 'No daily roots are signed: SLUICE_ROOTS_KEY is not set');
    return { [Symbol.asyncDispose]: async () => undefined };
  }
  const signer = createRootSigner(rootsKey);
  const publishers = publishersOf(config, delivery);
  const sent = publishers.map(({ name }) => name).join(',') || 'nowhere';
  log.info({ key: signer.publicKey, sent }, 'Daily roots are signed');
  const stopping = new AbortController();
  const signed = keepSigningRoots({ store, signer, publishers, clock: systemClock, log }, stopping.signal);
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await signed;
    },
  };
}

function publishersOf(
  { rootsWebhook, rootsMailto, hostname, dns }: Config,
  delivery: Delivery,
): readonly RootPublisher[] {
  const publishers: RootPublisher[] = [];
  if (rootsWebhook !== undefined) publishers.push(createWebhook(rootsWebhook));
  if (rootsMailto !== undefined) {
    const resolver = createResolver(dns === undefined ? {} : { server: dns });
    publishers.push(createRootMail({ delivery, resolver, hostname }, rootsMailto));
  }
  return publishers;
}
