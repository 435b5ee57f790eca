/** Migration 5: orders that undo incidents with their mails, and how far each has been carried out. */

export const undoOrders = {
  name: '0005-undo-orders',
  statements: `
create table undo_orders (
  undo_id uuid primary key,
  account_id uuid not null,
  domain_id uuid not null,
  position bigint not null,
  incident jsonb not null,
  since timestamptz not null,
  until timestamptz not null,
  mails integer not null,
  rate integer not null,
  ordered_at timestamptz not null,
  ordered_by text not null,
  finished_at timestamptz
);
create index undo_orders_by_account on undo_orders (account_id, position);
create index undo_orders_by_domain on undo_orders (domain_id, position);

-- recipients: places in the envelope; null: all for whom the mail is in the quarantine.
create table undo_mails (
  undo_id uuid not null,
  place integer not null,
  mail_id uuid not null,
  recipients integer[],
  outcome text,
  primary key (undo_id, place)
);
`,
} as const;
