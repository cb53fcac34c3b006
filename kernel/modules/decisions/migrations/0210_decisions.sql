-- One row a try to pay: who tried with what (for velocity counts), and what risk and routing said and
-- why. A payment that is confirmed again after a decline has one row more.
create table decisions (
  id          text   not null primary key,
  merchant    text   not null,
  payment_id  text   not null,
  created     bigint not null,
  amount      bigint not null,
  currency    text   not null,
  card        text   not null,
  customer    text   not null,
  ip          text   not null,
  device      text   not null,
  outcome     text   not null,
  risk        text   not null,
  routing     text   not null
);
create index decisions_by_payment on decisions (payment_id);
create index decisions_by_merchant on decisions (merchant, created);
create index decisions_by_card on decisions (merchant, card, created) where card <> '';
create index decisions_by_customer on decisions (merchant, customer, created) where customer <> '';
create index decisions_by_ip on decisions (merchant, ip, created) where ip <> '';
create index decisions_by_device on decisions (merchant, device, created) where device <> '';
