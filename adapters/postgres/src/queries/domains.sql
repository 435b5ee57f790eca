-- listDomains of the service
select *
  from "domains"
  where true and true
  and status <> 'removed'
  order by "name", "domain_id";

-- listDomains of an account
select *
  from "domains"
  where "domains"."account_id" = $1::uuid and true
  and status <> 'removed'
  order by "name", "domain_id";

-- listDomains of some domains
select *
  from "domains"
  where ("domains"."account_id" = $1::uuid
  and "domains"."domain_id" = any($2::uuid[])) and true
  and status <> 'removed'
  order by "name", "domain_id";

-- showDomain by its name of the service
select *
  from "domains"
  where true
  and name = $1
  order by status = 'removed', "position" desc;

-- showDomain by its name of an account
select *
  from "domains"
  where "domains"."account_id" = $1::uuid
  and name = $2
  order by status = 'removed', "position" desc;

-- showDomain by its name of some domains
select *
  from "domains"
  where ("domains"."account_id" = $1::uuid
  and "domains"."domain_id" = any($2::uuid[]))
  and name = $3
  order by status = 'removed', "position" desc;

-- showDomain by its id
select *
  from "domains"
  where "domains"."account_id" = $1::uuid
  and domain_id = $2::uuid
  order by status = 'removed', "position" desc;

-- domainIdByName
select "domain_id"
  from "domains"
  where "domains"."account_id" = $1::uuid
  and "name" = $2
  order by status = 'removed', "position" desc;

-- domainsChangedAfter of the service
select *
  from "domains"
  where true
  and "position" > $1
  order by "position"
  limit $2;

-- domainsChangedAfter of an account
select *
  from "domains"
  where "domains"."account_id" = $1::uuid
  and "position" > $2
  order by "position"
  limit $3;

-- domainsChangedAfter of some domains
select *
  from "domains"
  where ("domains"."account_id" = $1::uuid
  and "domains"."domain_id" = any($2::uuid[]))
  and "position" > $3
  order by "position"
  limit $4;

-- lastDomainChange of the service
select "position"
  from "domains"
  where true
  order by "position" desc
  limit $1;
select "position"
  from "service_lists";

-- lastDomainChange of an account
select "position"
  from "domains"
  where "domains"."account_id" = $1::uuid
  order by "position" desc
  limit $2;

-- lastDomainChange of some domains
select "position"
  from "domains"
  where ("domains"."account_id" = $1::uuid
  and "domains"."domain_id" = any($2::uuid[]))
  order by "position" desc
  limit $3;
