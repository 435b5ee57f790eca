/** The api as a page in the browser calls it: calls of one moment go together, live answers come as a stream. */
import type { AppRouter } from '@sluice/api/router';
import {
  createTRPCClient,
  httpBatchLink,
  httpSubscriptionLink,
  splitLink,
  type TRPCClient,
} from '@trpc/client';

export type Api = TRPCClient<AppRouter>;

const unauthorized = 401;

/** Whoever is no longer signed in goes to sign in, and comes back to where they were. */
const withSignIn: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  if (response.status === unauthorized) {
    location.assign(`/sign-in?to=${encodeURIComponent(location.pathname + location.search)}`);
  }
  return response;
};

/** Only for event handlers and effects in the browser; pages load their data by `locals.api` on the server. */
export const api: Api = createTRPCClient<AppRouter>({
  links: [
    splitLink({
      condition: ({ type }) => type === 'subscription',
      true: httpSubscriptionLink({ url: '/trpc' }),
      false: httpBatchLink({ url: '/trpc', fetch: withSignIn as never, maxURLLength: 4_000 }),
    }),
  ],
});
