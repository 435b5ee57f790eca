/** The data keys of a thread: asked of the api, which alone may open them, and kept for a moment. */
import type { DataKey } from '@sluice/core/ports/vault.ts';
import type { DataKeys } from '@sluice/node-crypto';
import type { ToThread } from './protocol.ts';

/** As long as the api itself goes on with a key that was destroyed elsewhere. */
const keptMs = 1_000;

export interface AskedKeys extends DataKeys {
  /** The answer to a question. */
  take(answer: Extract<ToThread, { type: 'key' | 'no-key' }>): void;
}

interface Asked {
  readonly key: Promise<DataKey | undefined>;
  resolve(key: DataKey | undefined): void;
  reject(error: Error): void;
}

export function createAskedKeys(ask: (keyId: string) => void): AskedKeys {
  const kept = new Map<string, { readonly key: DataKey | undefined; readonly until: number }>();
  const asked = new Map<string, Asked>();
  return {
    get(keyId) {
      const known = kept.get(keyId);
      if (known !== undefined && performance.now() < known.until) return known.key;
      kept.delete(keyId);
      const waiting = asked.get(keyId);
      if (waiting !== undefined) return waiting.key;
      const { promise: key, resolve, reject } = Promise.withResolvers<DataKey | undefined>();
      asked.set(keyId, { key, resolve, reject });
      ask(keyId);
      return key;
    },
    take(answer) {
      const { keyId } = answer;
      const waiting = asked.get(keyId);
      asked.delete(keyId);
      if (answer.type === 'no-key') {
        waiting?.reject(new Error('a key could not be looked up'));
        return;
      }
      kept.set(keyId, { key: answer.key, until: performance.now() + keptMs });
      waiting?.resolve(answer.key);
    },
  };
}
