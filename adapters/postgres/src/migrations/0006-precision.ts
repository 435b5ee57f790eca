/** Migration 6: what refused mails, and what of it was released: per check, and per zone or result behind it. */

export const precision = {
  name: '0006-precision',
  statements: `
-- One row a refused mail while it is kept; causes as core/src/projection/precision.ts spells them.
create table refusal_causes (
  mail_id uuid primary key,
  account_id uuid not null,
  domain_id uuid not null,
  day date not null,
  causes text not null,
  released boolean not null default false
);

-- source '': the check as a whole.
create table check_precision (
  domain_id uuid not null,
  account_id uuid not null,
  day date not null,
  check_name text not null,
  source text not null,
  decided bigint not null,
  counted bigint not null,
  decided_released bigint not null,
  counted_released bigint not null,
  primary key (domain_id, day, check_name, source)
);
`,
} as const;
