/** Procedures about the checks themselves, whatever a domain makes of them. */
import { describeCheck } from '@sluice/core/checks/describe-check.ts';
import { allChecks } from '@sluice/core/checks/registry.ts';
import { permitted, router } from '../trpc.ts';

const described = allChecks.map(describeCheck);

export const checks = router({
  /** In the order of the published table. */
  list: permitted('read').query(() => ({ items: described })),
});
