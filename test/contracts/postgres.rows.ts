/** A hundred thousand rows in each big table, made by PostgreSQL itself: 100 accounts, 400 domains, half a year. */
import type pg from 'pg';

export const accountAt = (n: number): string => `0193a000-0000-7000-8000-${hex(n)}`;
export const domainAt = (n: number): string => `0193d000-0000-7000-8000-${hex(n)}`;
export const mailAt = (n: number): string => `0193e000-0000-7000-8000-${hex(n)}`;
export const userAt = (n: number): string => `0193b000-0000-7000-8000-${hex(n)}`;

const hex = (n: number): string => n.toString(16).padStart(12, '0');

const id = (prefix: string, n: string): string =>
  `('${prefix}-0000-7000-8000-' || lpad(to_hex(${n}), 12, '0'))::uuid`;
const account = (n: string): string => id('0193a000', n);
const domain = (n: string): string => id('0193d000', n);
const mail = (n: string): string => id('0193e000', n);
const user = (n: string): string => id('0193b000', n);

/** Domain n is of account n % 100; mail n of domain n % 400, one every 157 s. */
const statements = [
  `insert into accounts (account_id, name, status, state, revision, position)
   select ${account('n')}, 'Account ' || n, 'open', '{}', 0, n from generate_series(0, 99) as n`,
  `insert into users (user_id, email, name, status, revision, position)
   select ${user('n')}, 'user' || n || '@example.org', 'User ' || n, 'active', 0, n from generate_series(0, 999) as n`,
  `insert into members (account_id, domain_id, user_id, role, domain_ids)
   select ${account('n % 100')}, null, ${user('n')}, 'member', null from generate_series(0, 999) as n`,
  `insert into domains (domain_id, account_id, name, status, proven, state, revision, position)
   select ${domain('n')}, ${account('n % 100')}, 'd' || n || '.example', 'active', true, '{"route":[]}', 0, n
   from generate_series(0, 399) as n`,
  `insert into mails (mail_id, account_id, domain_id, edge, received_at, position, revision, verdict, reason, score,
     sender, recipients, subject, from_header, size, sha256, kept, policy_revision, delivery, deliveries, updated_at)
   select ${mail('n')}, ${account('n % 100')}, ${domain('n % 400')}, 'mx1', timestamptz '2026-01-01Z' + n * interval '157 s',
     n, n, (array['accept', 'reject', 'hold', 'tag'])[n / 400 % 4 + 1], (array['clean', 'spf-fail', 'score-hold'])[n / 400 % 3 + 1],
     1, 'a@remote.test', array['b@d.example'], 'Subject', 'A <a@remote.test>', 1000, repeat('0', 64), false, 1, 'none', '[]', now()
   from generate_series(0, 99999) as n`,
  `insert into timeline (event_id, subject, subject_id, account_id, domain_id, position, type, at, actor, summary)
   select gen_random_uuid(), 'mail', ${mail('n')}, ${account('n % 100')}, ${domain('n % 400')}, n, 'MailJudged', now(), 'system:mx', '{}'::jsonb
   from generate_series(0, 95999) as n
   union all
   select gen_random_uuid(), 'domain', ${domain('n % 400')}, ${account('n % 100')}, ${domain('n % 400')}, 100000 + n,
     (array['ListEntryAdded', 'RouteSet', 'CheckConfigured'])[n / 400 % 3 + 1], now(), 'user:x', '{"entry":{"action":"allow","pattern":"x"}}'::jsonb
   from generate_series(0, 3999) as n`,
  `insert into statistics (hour, domain_id, account_id, verdict, reason, check_name, count)
   select timestamptz '2026-01-01Z' + (n / 23) * interval '1 hour', ${domain('n % 400')}, ${account('n % 100')}, 'reject',
     case n / 23 % 2 when 0 then 'spf-fail' else '' end, case n / 23 % 2 when 0 then '' else 'spf' end, 1
   from generate_series(0, 99999) as n`,
  'analyze',
];

/** Into the tables of a database that is migrated and empty. */
export async function fillTables(client: pg.Client): Promise<void> {
  for (const statement of statements) await client.query(statement);
}
