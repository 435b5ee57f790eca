/** Reading what one has just written: a query may name a position and waits a moment for the projection that it reads. */
import { z } from 'zod';
import { waitFor } from '@sluice/postgres';
import type { Services } from './services.ts';

/** Input member of every query: `after`, the position that a command answered. */
export const after = {
  after: z
    .string()
    .regex(/^\d{1,20}$/)
    .optional(),
};

/** Waits until the projection has got there: `stale` is true where it has not in time. */
export async function fresh(
  { db }: Services,
  projection: 'settings' | 'mails' | 'timeline' | 'statistics' | 'precision' | 'training' | 'undo-orders',
  position: string | undefined,
): Promise<{ readonly stale?: true }> {
  if (position === undefined) return {};
  return (await waitFor(db, projection, position)) ? {} : { stale: true };
}
