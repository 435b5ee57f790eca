/** All procedures of the api; its type is all that clients know of it. */
import { account } from './routers/account.ts';
import { accounts } from './routers/accounts.ts';
import { advice } from './routers/advice.ts';
import { archive } from './routers/archive.ts';
import { checks } from './routers/checks.ts';
import { decisions } from './routers/decisions.ts';
import { domains } from './routers/domains.ts';
import { dryRun } from './routers/dry-run.ts';
import { home } from './routers/home.ts';
import { mails } from './routers/mails.ts';
import { members } from './routers/members.ts';
import { edges, events, projections, queues, statistics } from './routers/operations.ts';
import { quarantine } from './routers/quarantine.ts';
import { service } from './routers/service.ts';
import { serviceLists } from './routers/service-lists.ts';
import { session } from './routers/session.ts';
import { training } from './routers/training.ts';
import { undo } from './routers/undo.ts';
import { users } from './routers/users.ts';
import { whatif } from './routers/whatif.ts';
import { router } from './trpc.ts';

export const appRouter = router({
  session,
  account,
  members,
  accounts,
  users,
  home,
  checks,
  decisions,
  domains,
  dryRun,
  mails,
  quarantine,
  training,
  whatif,
  undo,
  advice,
  archive,
  service,
  serviceLists,
  statistics,
  projections,
  queues,
  events,
  edges,
});

export type AppRouter = typeof appRouter;
