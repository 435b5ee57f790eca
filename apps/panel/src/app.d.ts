/** What SvelteKit is told of our types. */
import type { Api } from '#lib/server/api.ts';
import type { Fault } from '#lib/faults.ts';
import type { Session } from '#lib/session.ts';
import type { Theme } from '#lib/theme.ts';

declare global {
  namespace App {
    interface Error {
      /** Whether trying again may help. */
      retry?: boolean;
    }
    interface Locals {
      /** The api in the name of whoever asks. */
      api: Api;
      apiUrl: string;
      /** Null on pages for people who are not signed in. */
      session: Session | null;
      /** Why the session could not be read. */
      fault: Fault | null;
      theme: Theme;
      zone: string;
    }
    interface PageData {
      session?: Session;
    }
  }
}
