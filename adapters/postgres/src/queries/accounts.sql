-- listAccounts of the service
select *
  from "accounts"
  where true
  order by "name", "account_id";

-- listAccounts of an account
select *
  from "accounts"
  where "accounts"."account_id" = $1::uuid
  order by "name", "account_id";

-- listAccounts of some domains
select *
  from "accounts"
  where ("accounts"."account_id" = $1::uuid
  and "accounts"."domain_id" = any($2::uuid[]))
  order by "name", "account_id";

-- showAccount
select *
  from "accounts"
  where "accounts"."account_id" = $1::uuid
  and "account_id" = $2;

-- listMembers of the service
select "members"."account_id", "members"."user_id", "members"."role", "members"."domain_ids", "users"."email", "users"."name"
  from "members"
  left join "users" on "users"."user_id" = "members"."user_id"
  where true and true
  and true
  order by "members"."account_id", "users"."email";

-- listMembers of an account
select "members"."account_id", "members"."user_id", "members"."role", "members"."domain_ids", "users"."email", "users"."name"
  from "members"
  left join "users" on "users"."user_id" = "members"."user_id"
  where "members"."account_id" = $1::uuid and true
  and true
  order by "members"."account_id", "users"."email";

-- listMembers of some domains
select "members"."account_id", "members"."user_id", "members"."role", "members"."domain_ids", "users"."email", "users"."name"
  from "members"
  left join "users" on "users"."user_id" = "members"."user_id"
  where ("members"."account_id" = $1::uuid
  and "members"."domain_id" = any($2::uuid[])) and true
  and true
  order by "members"."account_id", "users"."email";

-- listMembers of one account
select "members"."account_id", "members"."user_id", "members"."role", "members"."domain_ids", "users"."email", "users"."name"
  from "members"
  left join "users" on "users"."user_id" = "members"."user_id"
  where "members"."account_id" = $1::uuid
  and members.account_id = $2::uuid
  and true
  order by "members"."account_id", "users"."email";

-- listMembers of one user
select "members"."account_id", "members"."user_id", "members"."role", "members"."domain_ids", "users"."email", "users"."name"
  from "members"
  left join "users" on "users"."user_id" = "members"."user_id"
  where "members"."account_id" = $1::uuid and true
  and members.user_id = $2::uuid
  order by "members"."account_id", "users"."email";
