/** Migration 7: what domains have taught, and the counts of tokens that it comes to. */

export const bayesCounts = {
  name: '0007-bayes',
  statements: `
create table bayes_models (
  domain_id uuid primary key,
  account_id uuid not null,
  spam integer not null,
  ham integer not null,
  position bigint not null
);

-- The last word about each mail, with its tokens: what a later word takes back.
create table bayes_mails (
  domain_id uuid not null,
  mail_id uuid not null,
  label text not null,
  tokens text not null,
  primary key (domain_id, mail_id)
);

create table bayes_tokens (
  domain_id uuid not null,
  token bigint not null,
  spam integer not null,
  ham integer not null,
  position bigint not null,
  primary key (domain_id, token)
);

-- Edges ask for what changed.
create index bayes_tokens_changed on bayes_tokens (position, domain_id, token);
`,
} as const;
