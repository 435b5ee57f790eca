/**
 * Deleted streams that begin again. A server then writes metadata by itself, right after the events; the target does so, too, and
 * what the source's server wrote must not come on top of it.
 */
import type { RawEvent } from './raw-event.ts';

export interface StreamEndings {
  /** Whether this event is one that the target has written already. To be asked of every event once, in order. */
  isWrittenByTarget(event: RawEvent): boolean;
}

const metastreamPrefix = '$$';
const deletion = /"\$tb"\s*:\s*9223372036854775807/;

export function createStreamEndings(): StreamEndings {
  const deleted = new Set<string>();
  const recreated = new Set<string>();

  const beginAgain = (stream: string): void => {
    if (deleted.delete(stream)) recreated.add(stream);
  };
  return {
    isWrittenByTarget(event) {
      if (!event.stream.startsWith(metastreamPrefix)) {
        beginAgain(event.stream);
        return false;
      }
      const original = event.stream.slice(metastreamPrefix.length);
      if (recreated.delete(original)) return true;
      if (deletion.test(Buffer.from(event.data).toString('utf8'))) deleted.add(original);
      else beginAgain(original);
      return false;
    },
  };
}
