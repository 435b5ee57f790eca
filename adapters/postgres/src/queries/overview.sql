-- overviewOf of the service
select domains.domain_id, domains.name, domains.status, counted.bucket, counted.verdict, counted.reason, counted.count
  from domains
  left join ( select domain_id, verdict, reason, sum(count)::bigint as count, floor(extract(epoch
  from hour - $1::timestamptz) / $2)::integer as bucket
  from statistics
  where true
  and check_name = ''
  and hour >= $3::timestamptz
  and hour < $4::timestamptz
  group by domain_id, bucket, verdict, reason ) as counted on counted.domain_id = domains.domain_id
  where true
  and domains.status <> 'removed'
  order by domains.name, domains.domain_id;

-- overviewOf of an account
select domains.domain_id, domains.name, domains.status, counted.bucket, counted.verdict, counted.reason, counted.count
  from domains
  left join ( select domain_id, verdict, reason, sum(count)::bigint as count, floor(extract(epoch
  from hour - $1::timestamptz) / $2)::integer as bucket
  from statistics
  where "statistics"."account_id" = $3::uuid
  and check_name = ''
  and hour >= $4::timestamptz
  and hour < $5::timestamptz
  group by domain_id, bucket, verdict, reason ) as counted on counted.domain_id = domains.domain_id
  where "domains"."account_id" = $6::uuid
  and domains.status <> 'removed'
  order by domains.name, domains.domain_id;

-- overviewOf of some domains
select domains.domain_id, domains.name, domains.status, counted.bucket, counted.verdict, counted.reason, counted.count
  from domains
  left join ( select domain_id, verdict, reason, sum(count)::bigint as count, floor(extract(epoch
  from hour - $1::timestamptz) / $2)::integer as bucket
  from statistics
  where ("statistics"."account_id" = $3::uuid
  and "statistics"."domain_id" = any($4::uuid[]))
  and check_name = ''
  and hour >= $5::timestamptz
  and hour < $6::timestamptz
  group by domain_id, bucket, verdict, reason ) as counted on counted.domain_id = domains.domain_id
  where ("domains"."account_id" = $7::uuid
  and "domains"."domain_id" = any($8::uuid[]))
  and domains.status <> 'removed'
  order by domains.name, domains.domain_id;
