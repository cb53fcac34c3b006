-- Money given back. A refund reserves its amount on the payment while it is under way.
create table refunds (
  id         text   not null primary key,
  merchant   text   not null,
  payment_id text   not null,
  amount     bigint not null,
  currency   text   not null,
  status     text   not null,
  reason     text   not null,
  metadata   text   not null,
  attempt_id text   not null,
  reference  text   not null,
  error      text   not null,
  created    bigint not null,
  updated    bigint not null
);
create index refunds_by_payment on refunds (payment_id, id);
create index refunds_by_merchant on refunds (merchant, id);
create index refunds_by_reference on refunds (merchant, reference) where reference <> '';
