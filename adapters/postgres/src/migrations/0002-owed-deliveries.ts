/** Migration 2: deliveries that releases still owe, from which a queue that lost everything is filled again. */

export const owedDeliveries = {
  name: '0002-owed-deliveries',
  statements: `
create table owed_deliveries (
  mail_id uuid not null,
  release_id uuid not null,
  recipient text not null,
  domain_id uuid not null,
  position bigint not null,
  primary key (mail_id, release_id, recipient)
);
create index owed_deliveries_by_position on owed_deliveries (position);
`,
} as const;
