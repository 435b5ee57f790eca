/** What the threads say to each other. */
import type { InspectedMessage } from '@sluice/core/ports/message-inspector.ts';
import type { InspectOptions } from './inspect.ts';

export interface WorkerTask {
  readonly id: number;
  readonly raw: Uint8Array;
  readonly options: InspectOptions;
}

export type WorkerAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'inspected'; readonly id: number; readonly message: InspectedMessage }
  | { readonly kind: 'failed'; readonly id: number; readonly reason: string };
