/** What the api answers, by procedure: `Outputs['mails']['show']`. */
import type { AppRouter } from '@sluice/api/router';
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';

export type Outputs = inferRouterOutputs<AppRouter>;
export type Inputs = inferRouterInputs<AppRouter>;
