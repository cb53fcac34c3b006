-- Cards that customers pay with again: the number sealed under the vault (and '' once it is detached), never a CVC.
create table payment_methods (
  id          text   not null primary key,
  merchant    text   not null,
  customer_id text   not null,
  type        text   not null,
  status      text   not null,
  sealed      text   not null,
  face        text   not null,
  metadata    text   not null,
  livemode    bigint not null,
  payment_id  text   not null,
  created     bigint not null,
  updated     bigint not null
);
create index payment_methods_by_merchant on payment_methods (merchant, id);
create index payment_methods_by_customer on payment_methods (merchant, customer_id, id);
create index payment_methods_pending on payment_methods (payment_id) where status = 'pending';
