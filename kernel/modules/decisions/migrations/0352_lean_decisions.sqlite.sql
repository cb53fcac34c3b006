-- A decision is found by its payment: an index less for each try. Merchant first, so that SQLite, which has no
-- statistics, does not take the index by age for it and read all that the merchant ever decided.
create table lean_decisions (
  id          text   not null,
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
insert into lean_decisions select id, merchant, payment_id, created, amount, currency, card, customer, ip, device,
  outcome, risk, routing from decisions order by created, id;
drop table decisions;
alter table lean_decisions rename to decisions;
create index decisions_by_payment on decisions (merchant, payment_id);
create index decisions_by_merchant on decisions (merchant, created);
create index decisions_by_card on decisions (merchant, card, created) where card <> '';
create index decisions_by_customer on decisions (merchant, customer, created) where customer <> '';
create index decisions_by_ip on decisions (merchant, ip, created) where ip <> '';
create index decisions_by_device on decisions (merchant, device, created) where device <> '';
