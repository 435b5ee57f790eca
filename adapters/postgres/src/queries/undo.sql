-- undoOrdersOf of the service
select undo_orders.*, progress.*
  from undo_orders
  left join lateral ( select count(*) filter (where outcome = 'released') as released, count(*) filter (where outcome = 'already') as already, count(*) filter (where outcome = 'gone') as gone, count(*) filter (where outcome = 'withheld') as withheld, count(*) filter (where outcome = 'released'
  and m.delivery = 'delivered') as delivered, count(*) filter (where outcome = 'released'
  and m.delivery = 'bounced') as bounced
  from undo_mails
  left join mails m on m.mail_id = undo_mails.mail_id
  where undo_mails.undo_id = undo_orders.undo_id ) as progress on true
  where true and true
  and true
  order by undo_orders.position desc
  limit $1;

-- undoOrdersOf of an account
select undo_orders.*, progress.*
  from undo_orders
  left join lateral ( select count(*) filter (where outcome = 'released') as released, count(*) filter (where outcome = 'already') as already, count(*) filter (where outcome = 'gone') as gone, count(*) filter (where outcome = 'withheld') as withheld, count(*) filter (where outcome = 'released'
  and m.delivery = 'delivered') as delivered, count(*) filter (where outcome = 'released'
  and m.delivery = 'bounced') as bounced
  from undo_mails
  left join mails m on m.mail_id = undo_mails.mail_id
  where undo_mails.undo_id = undo_orders.undo_id ) as progress on true
  where "undo_orders"."account_id" = $1::uuid and true
  and true
  order by undo_orders.position desc
  limit $2;

-- undoOrdersOf of some domains
select undo_orders.*, progress.*
  from undo_orders
  left join lateral ( select count(*) filter (where outcome = 'released') as released, count(*) filter (where outcome = 'already') as already, count(*) filter (where outcome = 'gone') as gone, count(*) filter (where outcome = 'withheld') as withheld, count(*) filter (where outcome = 'released'
  and m.delivery = 'delivered') as delivered, count(*) filter (where outcome = 'released'
  and m.delivery = 'bounced') as bounced
  from undo_mails
  left join mails m on m.mail_id = undo_mails.mail_id
  where undo_mails.undo_id = undo_orders.undo_id ) as progress on true
  where ("undo_orders"."account_id" = $1::uuid
  and "undo_orders"."domain_id" = any($2::uuid[])) and true
  and true
  order by undo_orders.position desc
  limit $3;

-- undoOrdersOf a domain
select undo_orders.*, progress.*
  from undo_orders
  left join lateral ( select count(*) filter (where outcome = 'released') as released, count(*) filter (where outcome = 'already') as already, count(*) filter (where outcome = 'gone') as gone, count(*) filter (where outcome = 'withheld') as withheld, count(*) filter (where outcome = 'released'
  and m.delivery = 'delivered') as delivered, count(*) filter (where outcome = 'released'
  and m.delivery = 'bounced') as bounced
  from undo_mails
  left join mails m on m.mail_id = undo_mails.mail_id
  where undo_mails.undo_id = undo_orders.undo_id ) as progress on true
  where "undo_orders"."account_id" = $1::uuid
  and undo_orders.domain_id = $2::uuid
  and true
  order by undo_orders.position desc
  limit $3;

-- undoOrdersOf one order
select undo_orders.*, progress.*
  from undo_orders
  left join lateral ( select count(*) filter (where outcome = 'released') as released, count(*) filter (where outcome = 'already') as already, count(*) filter (where outcome = 'gone') as gone, count(*) filter (where outcome = 'withheld') as withheld, count(*) filter (where outcome = 'released'
  and m.delivery = 'delivered') as delivered, count(*) filter (where outcome = 'released'
  and m.delivery = 'bounced') as bounced
  from undo_mails
  left join mails m on m.mail_id = undo_mails.mail_id
  where undo_mails.undo_id = undo_orders.undo_id ) as progress on true
  where "undo_orders"."account_id" = $1::uuid and true
  and undo_orders.undo_id = $2::uuid
  order by undo_orders.position desc
  limit $3;

-- releasableMails of the service
select "mail_id", "received_at", "sender", "from_header", "recipients", "subject", "reason", "pack", "expired_at", "deliveries"
  from "mails"
  where true
  and "mail_id" in ($1, $2);

-- releasableMails of an account
select "mail_id", "received_at", "sender", "from_header", "recipients", "subject", "reason", "pack", "expired_at", "deliveries"
  from "mails"
  where "mails"."account_id" = $1::uuid
  and "mail_id" in ($2, $3);

-- releasableMails of some domains
select "mail_id", "received_at", "sender", "from_header", "recipients", "subject", "reason", "pack", "expired_at", "deliveries"
  from "mails"
  where ("mails"."account_id" = $1::uuid
  and "mails"."domain_id" = any($2::uuid[]))
  and "mail_id" in ($3, $4);
