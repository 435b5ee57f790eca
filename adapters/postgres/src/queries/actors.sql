-- namesOfUsers of the service
select "user_id", "name", "email"
  from "users"
  where user_id = any($1::uuid[]);

-- namesOfUsers of an account
select "user_id", "name", "email"
  from "users"
  where user_id = any($1::uuid[])
  and exists (select 1
  from members
  where members.user_id = users.user_id
  and members.account_id = $2::uuid);

-- namesOfUsers of some domains
select "user_id", "name", "email"
  from "users"
  where user_id = any($1::uuid[])
  and exists (select 1
  from members
  where members.user_id = users.user_id
  and members.account_id = $2::uuid);

-- routeSetBy of the service
select "actor"
  from "timeline"
  where true
  and "subject" = $1
  and subject_id = $2::uuid
  and "type" = $3
  order by "position" desc;

-- routeSetBy of an account
select "actor"
  from "timeline"
  where "timeline"."account_id" = $1::uuid
  and "subject" = $2
  and subject_id = $3::uuid
  and "type" = $4
  order by "position" desc;

-- routeSetBy of some domains
select "actor"
  from "timeline"
  where ("timeline"."account_id" = $1::uuid
  and "timeline"."domain_id" = any($2::uuid[]))
  and "subject" = $3
  and subject_id = $4::uuid
  and "type" = $5
  order by "position" desc;
