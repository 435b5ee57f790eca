/** Migration 4: indexes for what lists ask rarely: the service's figures by time, mails by reason, mails whose delivery is not over. */

export const listIndexes = {
  name: '0004-list-indexes',
  statements: `
create index statistics_by_hour on statistics (hour);

-- Only what is worth asking for: most mails were let through as clean, and of most there is nothing to deliver, or it is done.
create index mails_by_account_reason on mails (account_id, reason, received_at desc, mail_id desc)
  where reason <> 'clean';
create index mails_by_account_delivery on mails (account_id, delivery, received_at desc, mail_id desc)
  where delivery not in ('none', 'delivered');
`,
} as const;
