/** Port: encrypts the personal part of events, so that destroying one key erases what was sealed under it. */
import type { Sealed } from '../kernel/event.ts';
import type { Json } from '../kernel/json.ts';
import type { Result } from '../kernel/result.ts';

/** A data key in the open, as the intake feeds it to edges. */
export interface DataKey {
  readonly keyId: string;
  /** 32 bytes, base64. */
  readonly key: string;
}

export interface Vault {
  /**
   * Seals a value under a key. `context` is authenticated but not stored (we use the event id): the same text opened in
   * another place does not open. Fails with `no-key` where the key was never made or has been destroyed.
   */
  seal(keyId: string, value: Json, context: string): Promise<Result<Sealed, 'no-key'>>;

  /** Opens a sealed value: `erased` if its key is gone, `damaged` if it was altered or is not what `context` says. */
  open(sealed: Sealed, context: string): Promise<Result<Json, 'erased' | 'damaged'>>;
}

/** Keeps the data keys. Only the centre has one; an edge is fed the keys of its domains. */
export interface KeyStore {
  /** Makes the key if there is none of that id yet, and returns it; a destroyed one is never made again. */
  create(keyId: string): Promise<Result<DataKey, 'destroyed'>>;
  get(keyId: string): Promise<DataKey | undefined>;
  destroy(keyId: string): Promise<void>;
}
