/** The log of decisions for tests of audit: a real store and keys in PostgreSQL, recorded mails, and a key that signs. */
import { domainKeyId } from '@sluice/core/domain/domain.ts';
import type { KeyStore } from '@sluice/core/ports/vault.ts';
import type { DecisionLog } from '@sluice/core/replay/read-decisions.ts';
import { signDueRoots } from '@sluice/core/audit/sign-roots.ts';
import type { SignedRoot } from '@sluice/core/audit/root.ts';
import { exportDecisions, type ExportRequest } from '@sluice/core/audit/export-decisions.ts';
import { createRootSigner, systemClock } from '@sluice/node-crypto';
import { createRecorder, type Recorder, recordSettings } from '../support/recorded-mails.ts';
import { must, startCentre } from './intake.harness.ts';

export const signer = createRootSigner(Buffer.alloc(32, 5).toString('base64'));

export interface Audited extends DecisionLog {
  readonly eventstoreUrl: string;
  readonly keys: KeyStore;
  /** A domain with settings and a key, and its edges. */
  domain(): Promise<{ readonly domainId: string; readonly edge: (name: string) => Recorder }>;
  /** Destroys the key of a domain. */
  erase(domainId: string): Promise<void>;
  /** Signs as on the day that comes so many days after today. */
  sign(days: number): Promise<readonly SignedRoot[]>;
  /** The lines of an export, without line feeds. */
  export(domainId: string, request?: Partial<ExportRequest>): Promise<readonly string[]>;
  close(): Promise<void>;
}

export async function startAudited(postgresUrl: string): Promise<Audited> {
  const centre = await startCentre(postgresUrl);
  const { store, vault, keys, eventstoreUrl } = centre;
  const log = { store, vault };
  return {
    ...log,
    eventstoreUrl,
    keys,
    async domain() {
      const domainId = crypto.randomUUID();
      must(await keys.create(domainKeyId(domainId)));
      await recordSettings(log, domainId);
      return { domainId, edge: (edge) => createRecorder(log, { domainId, edge }) };
    },
    erase: (domainId) => keys.destroy(domainKeyId(domainId)),
    async sign(days) {
      const now = Temporal.Now.instant()
        .add({ hours: 24 * days })
        .toString();
      const { signal } = new AbortController();
      return must(await signDueRoots({ store, signer }, { now, signal }));
    },
    async export(domainId, request = {}) {
      const domain = { id: domainId, name: 'here.example' };
      const lines = exportDecisions({ ...log, signer, clock: systemClock }, { domain, ...request });
      return (await Array.fromAsync(lines)).join('').split('\n').slice(0, -1);
    },
    close: () => centre.close(),
  };
}
