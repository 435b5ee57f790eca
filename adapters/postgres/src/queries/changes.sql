-- changesOf of the service
select *
  from ( select *, row_number() over (order by position) - 1 as revision
  from timeline
  where true
  and subject = 'domain'
  and subject_id = $1::uuid ) as numbered
  where position < $2
  and ($3 or type = any($4::text[]))
  order by position desc
  limit $5;

-- changesOf of an account
select *
  from ( select *, row_number() over (order by position) - 1 as revision
  from timeline
  where "timeline"."account_id" = $1::uuid
  and subject = 'domain'
  and subject_id = $2::uuid ) as numbered
  where position < $3
  and ($4 or type = any($5::text[]))
  order by position desc
  limit $6;

-- changesOf of some domains
select *
  from ( select *, row_number() over (order by position) - 1 as revision
  from timeline
  where ("timeline"."account_id" = $1::uuid
  and "timeline"."domain_id" = any($2::uuid[]))
  and subject = 'domain'
  and subject_id = $3::uuid ) as numbered
  where position < $4
  and ($5 or type = any($6::text[]))
  order by position desc
  limit $7;

-- changesOf of some types, after a cursor
select *
  from ( select *, row_number() over (order by position) - 1 as revision
  from timeline
  where "timeline"."account_id" = $1::uuid
  and subject = 'domain'
  and subject_id = $2::uuid ) as numbered
  where position < $3
  and ($4 or type = any($5::text[]))
  order by position desc
  limit $6;

-- listedBy
select distinct on (summary->'entry'->>'action', summary->'entry'->>'pattern', summary->'entry'->>'mailbox') *
  from timeline
  where "timeline"."account_id" = $1::uuid
  and subject = 'domain'
  and subject_id = $2::uuid
  and type = 'ListEntryAdded'
  and summary->'entry' is not null
  order by summary->'entry'->>'action', summary->'entry'->>'pattern', summary->'entry'->>'mailbox', position desc;
