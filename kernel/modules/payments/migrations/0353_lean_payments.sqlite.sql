-- One index for each payment instead of two: its id is looked for within its merchant's. An attempt that was
-- approved names the event that told of it, in which its caller's answer stands; '' : none did.
create table lean_payments (
  id                text   not null,
  merchant          text   not null,
  amount            bigint not null,
  currency          text   not null,
  captured          bigint not null,
  refunded          bigint not null,
  refund_pending    bigint not null,
  status            text   not null,
  manual_capture    bigint not null,
  livemode          bigint not null,
  in_review         bigint not null,
  method_type       text   not null,
  method            text   not null,
  instrument        text   not null,
  customer_id       text   not null,
  details           text   not null,
  next_action       text   not null,
  last_error        text   not null,
  active_attempt    text   not null,
  busy              text   not null,
  account           text   not null,
  provider          text   not null,
  reference         text   not null,
  capture_reference text   not null,
  capture_before    bigint,
  created           bigint not null,
  updated           bigint not null,
  version           bigint not null,
  primary key (merchant, id)
);
insert into lean_payments select id, merchant, amount, currency, captured, refunded, refund_pending, status,
  manual_capture, livemode, in_review, method_type, method, instrument, customer_id, details, next_action, last_error,
  active_attempt, busy, account, provider, reference, capture_reference, capture_before, created, updated, version
  from payments order by id;
drop table payments;
alter table lean_payments rename to payments;
alter table attempts add column told text not null default '';
