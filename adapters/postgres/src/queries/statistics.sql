-- statisticsOf of the service
select date_trunc($1, hour, 'UTC') as at, verdict, sum(count)::bigint as count
  from statistics
  where true
  and hour >= $2::timestamptz
  and hour < $3::timestamptz and true
  and check_name = ''
  group by 1, 2
  order by 1, 2;
select verdict, reason, sum(count)::bigint as count
  from statistics
  where true
  and hour >= $1::timestamptz
  and hour < $2::timestamptz and true
  and check_name = ''
  group by 1, 2
  order by 3 desc, 1, 2;
select check_name, sum(count)::bigint as count
  from statistics
  where true
  and hour >= $1::timestamptz
  and hour < $2::timestamptz and true
  and check_name <> ''
  group by 1
  order by 2 desc, 1;

-- statisticsOf of an account
select date_trunc($1, hour, 'UTC') as at, verdict, sum(count)::bigint as count
  from statistics
  where "statistics"."account_id" = $2::uuid
  and hour >= $3::timestamptz
  and hour < $4::timestamptz and true
  and check_name = ''
  group by 1, 2
  order by 1, 2;
select verdict, reason, sum(count)::bigint as count
  from statistics
  where "statistics"."account_id" = $1::uuid
  and hour >= $2::timestamptz
  and hour < $3::timestamptz and true
  and check_name = ''
  group by 1, 2
  order by 3 desc, 1, 2;
select check_name, sum(count)::bigint as count
  from statistics
  where "statistics"."account_id" = $1::uuid
  and hour >= $2::timestamptz
  and hour < $3::timestamptz and true
  and check_name <> ''
  group by 1
  order by 2 desc, 1;

-- statisticsOf of some domains
select date_trunc($1, hour, 'UTC') as at, verdict, sum(count)::bigint as count
  from statistics
  where ("statistics"."account_id" = $2::uuid
  and "statistics"."domain_id" = any($3::uuid[]))
  and hour >= $4::timestamptz
  and hour < $5::timestamptz and true
  and check_name = ''
  group by 1, 2
  order by 1, 2;
select verdict, reason, sum(count)::bigint as count
  from statistics
  where ("statistics"."account_id" = $1::uuid
  and "statistics"."domain_id" = any($2::uuid[]))
  and hour >= $3::timestamptz
  and hour < $4::timestamptz and true
  and check_name = ''
  group by 1, 2
  order by 3 desc, 1, 2;
select check_name, sum(count)::bigint as count
  from statistics
  where ("statistics"."account_id" = $1::uuid
  and "statistics"."domain_id" = any($2::uuid[]))
  and hour >= $3::timestamptz
  and hour < $4::timestamptz and true
  and check_name <> ''
  group by 1
  order by 2 desc, 1;

-- statisticsOf a domain
select date_trunc($1, hour, 'UTC') as at, verdict, sum(count)::bigint as count
  from statistics
  where "statistics"."account_id" = $2::uuid
  and hour >= $3::timestamptz
  and hour < $4::timestamptz
  and domain_id = $5::uuid
  and check_name = ''
  group by 1, 2
  order by 1, 2;
select verdict, reason, sum(count)::bigint as count
  from statistics
  where "statistics"."account_id" = $1::uuid
  and hour >= $2::timestamptz
  and hour < $3::timestamptz
  and domain_id = $4::uuid
  and check_name = ''
  group by 1, 2
  order by 3 desc, 1, 2;
select check_name, sum(count)::bigint as count
  from statistics
  where "statistics"."account_id" = $1::uuid
  and hour >= $2::timestamptz
  and hour < $3::timestamptz
  and domain_id = $4::uuid
  and check_name <> ''
  group by 1
  order by 2 desc, 1;
