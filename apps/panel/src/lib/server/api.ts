/** The api as a page's server side calls it: in the name of whoever asks, one client for each request. */
import type { AppRouter } from '@sluice/api/router';
import type { RequestEvent } from '@sveltejs/kit';
import { createTRPCClient, httpLink, type TRPCClient } from '@trpc/client';

export type Api = TRPCClient<AppRouter>;

const deadlineMs = 15_000;

export function createServerApi(event: RequestEvent, apiUrl: string): Api {
  return createTRPCClient<AppRouter>({
    links: [
      httpLink({
        url: `${apiUrl}/trpc`,
        headers: forwarded(event),
        // Global fetch: nothing of what SvelteKit adds to its own is wanted on the way to the api.
        fetch: (input, init) =>
          fetch(input, { ...init, signal: AbortSignal.timeout(deadlineMs) } as RequestInit),
      }),
    ],
  });
}

const names = [
  'cookie',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-for',
  'x-real-ip',
  'user-agent',
];

/** Headers that tell the api who asks; server/server.ts has made sure of those it may believe. */
export function forwarded({ request }: RequestEvent): Record<string, string> {
  const present = names.flatMap((name) => {
    const value = request.headers.get(name);
    return value === null ? [] : [[name, value]];
  });
  return Object.fromEntries(present) as Record<string, string>;
}
