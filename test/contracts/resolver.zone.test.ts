/** The resolver over a zone as data, on which the conformance suites stand, keeps the contract too. */
import { resolverContract } from './resolver.contract.ts';
import { createZoneResolver } from '../support/zone-resolver.ts';

resolverContract(async (zone) => ({ resolver: createZoneResolver(zone), close: async () => undefined }));
