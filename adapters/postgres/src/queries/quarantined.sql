-- deliveriesOf of the service
select "mail_id", "deliveries"
  from "mails"
  where true
  and mail_id = any($1::uuid[]);

-- deliveriesOf of an account
select "mail_id", "deliveries"
  from "mails"
  where "mails"."account_id" = $1::uuid
  and mail_id = any($2::uuid[]);

-- deliveriesOf of some domains
select "mail_id", "deliveries"
  from "mails"
  where ("mails"."account_id" = $1::uuid
  and "mails"."domain_id" = any($2::uuid[]))
  and mail_id = any($3::uuid[]);

-- quarantinedAfter of the service
select distinct "subject_id"
  from "timeline"
  where true
  and "subject" = $1
  and subject_id = any($2::uuid[])
  and "type" in ($3, $4)
  and "position" > $5;

-- quarantinedAfter of an account
select distinct "subject_id"
  from "timeline"
  where "timeline"."account_id" = $1::uuid
  and "subject" = $2
  and subject_id = any($3::uuid[])
  and "type" in ($4, $5)
  and "position" > $6;

-- quarantinedAfter of some domains
select distinct "subject_id"
  from "timeline"
  where ("timeline"."account_id" = $1::uuid
  and "timeline"."domain_id" = any($2::uuid[]))
  and "subject" = $3
  and subject_id = any($4::uuid[])
  and "type" in ($5, $6)
  and "position" > $7;

-- namesOfDomains
select "domain_id", "name"
  from "domains"
  where "domains"."account_id" = $1::uuid
  and domain_id = any($2::uuid[]);
