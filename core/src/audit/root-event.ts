/** Makes the events about roots, all by our own worker and without anything personal. */
import type { NewEvent } from '../kernel/event.ts';
import { type RootEvent, rootFormats } from './root.ts';

export function rootEvent<TType extends RootEvent['type']>(
  type: TType,
  { id, now }: { readonly id: string; readonly now: string },
  data: Extract<RootEvent, { type: TType }>['data'],
): NewEvent {
  const metadata = {
    schemaVersion: rootFormats[type].version,
    actor: { kind: 'system', id: 'workers' },
    at: now,
    correlationId: id,
  } as const;
  return { id, type, data: data as unknown as NewEvent['data'], metadata };
}
