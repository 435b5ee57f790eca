/** What becomes of released mails, told as it happens, until nothing more happens by itself. */
import type { TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import type { EventStore } from '@sluice/core/ports/event-store.ts';
import {
  isSettled,
  type RecipientDelivery,
  type ReleaseDelivery,
  releaseDelivery,
} from '@sluice/core/projection/delivery.ts';
import { deliveriesOf } from '@sluice/postgres';
import type { Services } from '../services.ts';
import { type DeliveryView, describeDelivery } from '../routers/delivery-view.ts';

export interface FollowedMail {
  readonly id: string;
  /** Of its release. */
  readonly delivery: ReleaseDelivery;
  readonly deliveries: readonly DeliveryView[];
}

export interface FollowRequest {
  readonly scope: TenantScope;
  readonly services: Services;
  readonly ids: readonly string[];
  readonly signal: AbortSignal | undefined;
}

/** All of the mails at once, and again each time something has changed. */
export async function* liveDeliveries(request: FollowRequest) {
  const { services, signal } = request;
  // A release that was ordered just before may not be in the read model yet: until then "none" says nothing.
  const head = await lastPosition(services.store);
  let told = '';
  for await (const position of startingNow(services.live.mails.moves(undefined, signal))) {
    const items = await followed(request);
    const text = JSON.stringify(items);
    if (text !== told) yield { items };
    told = text;
    const isCurrent = position !== undefined && BigInt(position) >= head;
    if (isCurrent && items.every(({ delivery }) => isSettled(delivery))) return;
  }
}

async function* startingNow<T>(items: AsyncIterable<T>): AsyncGenerator<T | undefined, void> {
  yield undefined;
  yield* items;
}

async function lastPosition(store: EventStore): Promise<bigint> {
  for await (const event of store.readAll({ direction: 'backwards', limit: 1 })) return event.position;
  return -1n;
}

/** In the order in which they were asked for. */
async function followed({ scope, services, ids }: FollowRequest): Promise<readonly FollowedMail[]> {
  const found = new Map((await deliveriesOf(scope, services.db, ids)).map((one) => [one.id, one.deliveries]));
  return ids.flatMap((id) => describe(id, found.get(id)));
}

const describe = (id: string, deliveries?: readonly RecipientDelivery[]): readonly FollowedMail[] =>
  deliveries === undefined
    ? []
    : [{ id, delivery: releaseDelivery(deliveries), deliveries: deliveries.map(describeDelivery) }];
