/** Migration 3: edges, and how far the settings are that they judge by. */

export const edges = {
  name: '0003-edges',
  statements: `
create table edges (
  edge text primary key,
  position bigint not null,
  seen_at timestamptz not null default now()
);
`,
} as const;
