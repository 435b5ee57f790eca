/** Migration 10: the operator's lists for all domains, as the last event of their stream left them. */

export const serviceLists = {
  name: '0010-service-lists',
  statements: `
create table service_lists (
  stream text primary key,
  lists jsonb not null,
  revision integer not null,
  position bigint not null
);
`,
} as const;
