-- The books: append-only lines, debit positive, credit negative; each transaction sums to zero in its
-- one currency. Balances are kept beside them and can be recomputed from the lines at any time.
create table ledger_entries (
  id             text   not null primary key,
  transaction_id text   not null,
  merchant       text   not null,
  account        text   not null,
  currency       text   not null,
  amount         bigint not null,
  kind           text   not null,
  payment_id     text   not null,
  refund_id      text   not null,
  attempt_id     text   not null,
  created        bigint not null
);
create index ledger_entries_by_payment on ledger_entries (payment_id);
create index ledger_entries_by_merchant on ledger_entries (merchant, id);
create table ledger_balances (
  merchant text   not null,
  account  text   not null,
  currency text   not null,
  amount   bigint not null,
  primary key (merchant, account, currency)
);
