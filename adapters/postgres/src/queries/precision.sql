-- precisionOf of the service
select check_name, source, sum(decided)::bigint as decided, sum(counted)::bigint as counted, sum(decided_released)::bigint as decided_released, sum(counted_released)::bigint as counted_released
  from check_precision
  where true
  and domain_id = $1::uuid
  and day >= ($2::timestamptz at time zone 'UTC')::date
  group by check_name, source
  order by sum(decided + counted) desc, check_name, source;

-- precisionOf of an account
select check_name, source, sum(decided)::bigint as decided, sum(counted)::bigint as counted, sum(decided_released)::bigint as decided_released, sum(counted_released)::bigint as counted_released
  from check_precision
  where "check_precision"."account_id" = $1::uuid
  and domain_id = $2::uuid
  and day >= ($3::timestamptz at time zone 'UTC')::date
  group by check_name, source
  order by sum(decided + counted) desc, check_name, source;

-- precisionOf of some domains
select check_name, source, sum(decided)::bigint as decided, sum(counted)::bigint as counted, sum(decided_released)::bigint as decided_released, sum(counted_released)::bigint as counted_released
  from check_precision
  where ("check_precision"."account_id" = $1::uuid
  and "check_precision"."domain_id" = any($2::uuid[]))
  and domain_id = $3::uuid
  and day >= ($4::timestamptz at time zone 'UTC')::date
  group by check_name, source
  order by sum(decided + counted) desc, check_name, source;
