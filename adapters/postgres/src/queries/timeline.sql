-- timelineOf of the service
select *
  from "timeline"
  where true
  and "subject" = $1
  and subject_id = $2::uuid
  and "position" > $3
  order by "position"
  limit $4;

-- timelineOf of an account
select *
  from "timeline"
  where "timeline"."account_id" = $1::uuid
  and "subject" = $2
  and subject_id = $3::uuid
  and "position" > $4
  order by "position"
  limit $5;

-- timelineOf of some domains
select *
  from "timeline"
  where ("timeline"."account_id" = $1::uuid
  and "timeline"."domain_id" = any($2::uuid[]))
  and "subject" = $3
  and subject_id = $4::uuid
  and "position" > $5
  order by "position"
  limit $6;

-- timelineOf after a cursor
select *
  from "timeline"
  where "timeline"."account_id" = $1::uuid
  and "subject" = $2
  and subject_id = $3::uuid
  and "position" > $4
  order by "position"
  limit $5;
