/** Migration 1: data keys, bookkeeping of the projections, and their read models. */

export const readModels = {
  name: '0001-read-models',
  statements: `
-- The only truth here beside sign-ins. A destroyed key keeps its row, without the key, so that it is never made again.
create table data_keys (
  key_id text primary key,
  wrapped text,
  created_at timestamptz not null default now(),
  destroyed_at timestamptz,
  check ((wrapped is null) = (destroyed_at is not null))
);

-- How far each projection is; moved in the transaction that writes its rows.
create table checkpoints (
  projection text primary key,
  position bigint,
  updated_at timestamptz not null default now()
);

-- Events that a projection could not take, set aside for an operator.
create table parked_events (
  projection text not null,
  event_id uuid not null,
  stream text not null,
  position bigint not null,
  type text not null,
  reason text not null,
  parked_at timestamptz not null default now(),
  primary key (projection, event_id)
);

-- Orders to the process that runs the projections, and how they are getting on.
create table projection_commands (
  id bigint generated always as identity primary key,
  projection text not null,
  state text not null default 'requested' check (state in ('requested', 'running', 'done', 'failed')),
  events bigint not null default 0,
  position bigint,
  message text not null default '',
  requested_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table accounts (
  account_id uuid primary key,
  domain_id uuid,
  name text not null,
  status text not null,
  state jsonb not null,
  revision integer not null,
  position bigint not null
);

create table users (
  user_id uuid primary key,
  email text not null,
  name text not null,
  status text not null,
  revision integer not null,
  position bigint not null
);
create index users_by_email on users (lower(email));

create table members (
  account_id uuid not null,
  domain_id uuid,
  user_id uuid not null,
  role text not null,
  domain_ids uuid[],
  primary key (account_id, user_id)
);
create index members_by_user on members (user_id);

create table domains (
  domain_id uuid primary key,
  account_id uuid not null,
  name text not null,
  status text not null,
  proven boolean not null,
  removed_at timestamptz,
  state jsonb not null,
  revision integer not null,
  position bigint not null
);
create index domains_by_name on domains (name);
create index domains_by_account on domains (account_id, name);
create index domains_by_position on domains (position);

create table mails (
  mail_id uuid primary key,
  account_id uuid not null,
  domain_id uuid not null,
  edge text not null,
  received_at timestamptz not null,
  position bigint not null,
  revision integer not null,
  verdict text not null,
  reason text not null,
  score double precision not null,
  sender text not null,
  recipients text[] not null,
  subject text not null,
  from_header text not null,
  size bigint not null,
  sha256 text not null,
  kept boolean not null,
  pack text,
  frame integer,
  body_offset bigint,
  body_length bigint,
  policy_revision integer not null,
  delivery text not null,
  deliveries jsonb not null,
  updated_at timestamptz not null,
  expired_at timestamptz
);
create index mails_by_domain on mails (domain_id, received_at desc, mail_id desc);
create index mails_by_domain_verdict on mails (domain_id, verdict, received_at desc, mail_id desc);
create index mails_by_account on mails (account_id, received_at desc, mail_id desc);
create index mails_by_time on mails (received_at desc, mail_id desc);

create table timeline (
  event_id uuid primary key,
  subject text not null,
  subject_id uuid not null,
  account_id uuid,
  domain_id uuid,
  position bigint not null,
  type text not null,
  at timestamptz not null,
  actor text not null,
  summary jsonb not null
);
create index timeline_by_subject on timeline (subject, subject_id, position);

-- Counters by the hour. check_name '': decisions; else failures of that check. The nil UUID stands for "of no domain".
create table statistics (
  hour timestamptz not null,
  domain_id uuid not null,
  account_id uuid not null,
  verdict text not null,
  reason text not null,
  check_name text not null,
  count bigint not null,
  primary key (domain_id, hour, verdict, reason, check_name)
);
create index statistics_by_account on statistics (account_id, hour);
`,
} as const;
