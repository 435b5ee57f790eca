-- membershipsOf of the service
select "status"
  from "users"
  where "user_id" = $1;
select "members"."account_id", "accounts"."name", "members"."role", "members"."domain_ids"
  from "members"
  inner join "accounts" on "accounts"."account_id" = "members"."account_id"
  where true
  and members.user_id = $1::uuid
  and accounts.status = 'open'
  order by "accounts"."name", "members"."account_id";

-- membershipsOf of an account
select "status"
  from "users"
  where "user_id" = $1;
select "members"."account_id", "accounts"."name", "members"."role", "members"."domain_ids"
  from "members"
  inner join "accounts" on "accounts"."account_id" = "members"."account_id"
  where "members"."account_id" = $1::uuid
  and members.user_id = $2::uuid
  and accounts.status = 'open'
  order by "accounts"."name", "members"."account_id";

-- membershipsOf of some domains
select "status"
  from "users"
  where "user_id" = $1;
select "members"."account_id", "accounts"."name", "members"."role", "members"."domain_ids"
  from "members"
  inner join "accounts" on "accounts"."account_id" = "members"."account_id"
  where ("members"."account_id" = $1::uuid
  and "members"."domain_id" = any($2::uuid[]))
  and members.user_id = $3::uuid
  and accounts.status = 'open'
  order by "accounts"."name", "members"."account_id";
