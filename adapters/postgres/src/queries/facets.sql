-- facetsOf a week of the service
select reason, check_name, sum(count)::bigint as count
  from statistics
  where true
  and verdict in ('reject', 'hold')
  and hour >= $1::timestamptz
  and hour < $2::timestamptz
  and true
  group by reason, check_name
  order by count desc, reason, check_name;

-- facetsOf a week of an account
select reason, check_name, sum(count)::bigint as count
  from statistics
  where "statistics"."account_id" = $1::uuid
  and verdict in ('reject', 'hold')
  and hour >= $2::timestamptz
  and hour < $3::timestamptz
  and true
  group by reason, check_name
  order by count desc, reason, check_name;

-- facetsOf a week of some domains
select reason, check_name, sum(count)::bigint as count
  from statistics
  where ("statistics"."account_id" = $1::uuid
  and "statistics"."domain_id" = any($2::uuid[]))
  and verdict in ('reject', 'hold')
  and hour >= $3::timestamptz
  and hour < $4::timestamptz
  and true
  group by reason, check_name
  order by count desc, reason, check_name;

-- facetsOf all times
select reason, check_name, sum(count)::bigint as count
  from statistics
  where "statistics"."account_id" = $1::uuid
  and verdict in ('reject', 'hold')
  and hour >= $2::timestamptz
  and hour < $3::timestamptz
  and true
  group by reason, check_name
  order by count desc, reason, check_name;

-- facetsOf a domain
select reason, check_name, sum(count)::bigint as count
  from statistics
  where "statistics"."account_id" = $1::uuid
  and verdict in ('reject', 'hold')
  and hour >= $2::timestamptz
  and hour < $3::timestamptz
  and domain_id = $4::uuid
  group by reason, check_name
  order by count desc, reason, check_name;
