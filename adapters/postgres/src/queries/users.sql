-- listUsers of the service
select *
  from "users"
  where "status" = $1
  order by "email", "user_id";

-- listUsers of an account
select *
  from "users"
  where exists ( select 1
  from members
  where members.user_id = users.user_id
  and "members"."account_id" = $1::uuid)
  and "status" = $2
  order by "email", "user_id";

-- listUsers of some domains
select *
  from "users"
  where exists ( select 1
  from members
  where members.user_id = users.user_id
  and ("members"."account_id" = $1::uuid
  and "members"."domain_id" = any($2::uuid[])))
  and "status" = $3
  order by "email", "user_id";

-- showUser
select *
  from "users"
  where exists ( select 1
  from members
  where members.user_id = users.user_id
  and "members"."account_id" = $1::uuid)
  and "user_id" = $2;

-- userByEmail
select *
  from "users"
  where exists ( select 1
  from members
  where members.user_id = users.user_id
  and "members"."account_id" = $1::uuid)
  and lower(email) = lower($2)
  and "status" = $3
  order by "user_id";
