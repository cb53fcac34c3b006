-- Two B-trees instead of four for each line of the books, one instead of two for each balance: every
-- capture writes them, on the one writer. In a table WITHOUT ROWID the rows stand in the primary key.
create table lean_entries (
  id             text   not null,
  transaction_id text   not null,
  merchant       text   not null,
  account        text   not null,
  currency       text   not null,
  amount         bigint not null,
  kind           text   not null,
  payment_id     text   not null,
  refund_id      text   not null,
  attempt_id     text   not null,
  created        bigint not null,
  primary key (merchant, id)
) without rowid;
insert into lean_entries select id, transaction_id, merchant, account, currency, amount, kind, payment_id, refund_id,
  attempt_id, created from ledger_entries;
drop table ledger_entries;
alter table lean_entries rename to ledger_entries;
create index ledger_entries_by_payment on ledger_entries (payment_id);
create table lean_balances (
  merchant text   not null,
  account  text   not null,
  currency text   not null,
  amount   bigint not null,
  primary key (merchant, account, currency)
) without rowid;
insert into lean_balances select merchant, account, currency, amount from ledger_balances;
drop table ledger_balances;
alter table lean_balances rename to ledger_balances;
