/** The data keys of an edge: those that came with the domains of its replica, and no others. */
import { domainKeyId } from '@sluice/core/domain/domain.ts';
import type { DataKey } from '@sluice/core/ports/vault.ts';
import type { Replica } from '@sluice/core/ports/replica.ts';

const prefix = domainKeyId('');

export const replicaKeys = (replica: Pick<Replica, 'domainById'>) => ({
  get(keyId: string): DataKey | undefined {
    const key = replica.domainById(keyId.slice(prefix.length))?.dataKey;
    return key?.keyId === keyId ? key : undefined;
  },
});
