/** How a stream ends and begins again: soft deletion is metadata, a tombstone is a last event. */
import { randomBytes } from 'node:crypto';
import type { ProposedEvent } from './requests.ts';
import type { StreamSettings, StreamSettingsIndex } from './stream-settings.ts';
import {
  deletedMetadata,
  isMetastream,
  metastreamOf,
  originalStreamOf,
  recreatedMetadata,
} from './stream-settings.ts';

export interface StreamEnds {
  /** The event that makes a stream deleted until it is written again, and the stream to put it into. */
  deletion(stream: string): { readonly metastream: string; readonly event: ProposedEvent };
  /**
   * To be asked before events are written to `stream`: what is to be written after them so that a deleted stream begins again,
   * given the last revision of the stream that was deleted.
   */
  recreation(
    stream: string,
    lastRevisionOf: (stream: string) => number,
  ): (() => { readonly metastream: string; readonly event: ProposedEvent }) | undefined;
}

export function createStreamEnds(settings: StreamSettingsIndex): StreamEnds {
  return {
    deletion: (stream) => ({
      metastream: metastreamOf(stream),
      event: metadataEvent(deletedMetadata(settings.of(stream)?.json ?? {})),
    }),
    recreation(stream, lastRevisionOf) {
      const original = isMetastream(stream) ? originalStreamOf(stream) : stream;
      const deleted = settings.of(original);
      if (deleted?.isDeleted !== true) return undefined;
      const from = lastRevisionOf(original) + 1;
      return () => {
        // New metadata recreate a deleted stream, too: they are kept, with the old events left out.
        const json = original === stream ? deleted.json : withoutDeletion(settings.of(original));
        return { metastream: metastreamOf(original), event: metadataEvent(recreatedMetadata(json, from)) };
      };
    },
  };
}

const withoutDeletion = (settings: StreamSettings | undefined): StreamSettings['json'] =>
  settings?.json ?? {};

export const tombstone = (): ProposedEvent => ({
  id: randomBytes(16),
  type: '$streamDeleted',
  isJson: false,
  data: new Uint8Array(0),
  metadata: new Uint8Array(0),
});

const metadataEvent = (data: Uint8Array): ProposedEvent => ({
  id: randomBytes(16),
  type: '$metadata',
  isJson: true,
  data,
  metadata: new Uint8Array(0),
});
