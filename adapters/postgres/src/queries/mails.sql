-- showMail of the service
select *
  from "mails"
  where true
  and "mail_id" = $1;

-- showMail of an account
select *
  from "mails"
  where "mails"."account_id" = $1::uuid
  and "mail_id" = $2;

-- showMail of some domains
select *
  from "mails"
  where ("mails"."account_id" = $1::uuid
  and "mails"."domain_id" = any($2::uuid[]))
  and "mail_id" = $3;

-- listMails of the service
select *
  from "mails"
  where true
  and true
  order by "received_at" desc, "mail_id" desc
  limit $1;

-- listMails of an account
select *
  from "mails"
  where "mails"."account_id" = $1::uuid
  and true
  order by "received_at" desc, "mail_id" desc
  limit $2;

-- listMails of some domains
select *
  from "mails"
  where ("mails"."account_id" = $1::uuid
  and "mails"."domain_id" = any($2::uuid[]))
  and true
  order by "received_at" desc, "mail_id" desc
  limit $3;

-- listMails after a cursor of the service
select *
  from "mails"
  where true
  and (received_at, mail_id) < ($1::timestamptz, $2::uuid)
  order by "received_at" desc, "mail_id" desc
  limit $3;

-- listMails after a cursor of an account
select *
  from "mails"
  where "mails"."account_id" = $1::uuid
  and (received_at, mail_id) < ($2::timestamptz, $3::uuid)
  order by "received_at" desc, "mail_id" desc
  limit $4;

-- listMails after a cursor of some domains
select *
  from "mails"
  where ("mails"."account_id" = $1::uuid
  and "mails"."domain_id" = any($2::uuid[]))
  and (received_at, mail_id) < ($3::timestamptz, $4::uuid)
  order by "received_at" desc, "mail_id" desc
  limit $5;

-- listMails of a week of the service
select *
  from "mails"
  where true and true
  and received_at >= $1::timestamptz
  and received_at < $2::timestamptz
  order by "received_at" desc, "mail_id" desc
  limit $3;

-- listMails of a week of an account
select *
  from "mails"
  where "mails"."account_id" = $1::uuid and true
  and received_at >= $2::timestamptz
  and received_at < $3::timestamptz
  order by "received_at" desc, "mail_id" desc
  limit $4;

-- listMails of a week of some domains
select *
  from "mails"
  where ("mails"."account_id" = $1::uuid
  and "mails"."domain_id" = any($2::uuid[])) and true
  and received_at >= $3::timestamptz
  and received_at < $4::timestamptz
  order by "received_at" desc, "mail_id" desc
  limit $5;

-- listMails of a domain of the service
select *
  from "mails"
  where true and true
  and domain_id = $1::uuid
  order by "received_at" desc, "mail_id" desc
  limit $2;

-- listMails of a domain of an account
select *
  from "mails"
  where "mails"."account_id" = $1::uuid and true
  and domain_id = $2::uuid
  order by "received_at" desc, "mail_id" desc
  limit $3;

-- listMails of a domain of some domains
select *
  from "mails"
  where ("mails"."account_id" = $1::uuid
  and "mails"."domain_id" = any($2::uuid[])) and true
  and domain_id = $3::uuid
  order by "received_at" desc, "mail_id" desc
  limit $4;

-- listMails by verdicts of the service
select *
  from "mails"
  where true and true
  and verdict = any($1::text[])
  order by "received_at" desc, "mail_id" desc
  limit $2;

-- listMails by verdicts of an account
select *
  from "mails"
  where "mails"."account_id" = $1::uuid and true
  and verdict = any($2::text[])
  order by "received_at" desc, "mail_id" desc
  limit $3;

-- listMails by verdicts of some domains
select *
  from "mails"
  where ("mails"."account_id" = $1::uuid
  and "mails"."domain_id" = any($2::uuid[])) and true
  and verdict = any($3::text[])
  order by "received_at" desc, "mail_id" desc
  limit $4;

-- listMails of a domain by verdict
select *
  from "mails"
  where "mails"."account_id" = $1::uuid and true
  and domain_id = $2::uuid
  and verdict = any($3::text[])
  order by "received_at" desc, "mail_id" desc
  limit $4;

-- listMails by reason
select *
  from "mails"
  where "mails"."account_id" = $1::uuid and true
  and reason = $2
  order by "received_at" desc, "mail_id" desc
  limit $3;

-- listMails by delivery
select *
  from "mails"
  where "mails"."account_id" = $1::uuid and true
  and delivery = $2
  order by "received_at" desc, "mail_id" desc
  limit $3;
