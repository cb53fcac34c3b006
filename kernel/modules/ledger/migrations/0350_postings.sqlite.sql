-- One row a posting instead of one a line: its lines are a JSON list of [account, amount], and the view shows
-- them one by one as before. A posting's number is the table's own key, so that it grows at its end.
create table ledger_postings (
  number     integer not null primary key,
  id         text    not null,
  merchant   text    not null,
  currency   text    not null,
  kind       text    not null,
  payment_id text    not null,
  refund_id  text    not null,
  attempt_id text    not null,
  lines      text    not null,
  created    bigint  not null
);
insert into ledger_postings (id, merchant, currency, kind, payment_id, refund_id, attempt_id, lines, created)
  select transaction_id, merchant, currency, kind, payment_id, refund_id, attempt_id,
    json_group_array(json_array(account, amount)), created
  from (select * from ledger_entries order by created, merchant, transaction_id, id)
  group by created, merchant, transaction_id, currency, kind, payment_id, refund_id, attempt_id;
drop table ledger_entries;
create index ledger_postings_by_merchant on ledger_postings (merchant, id);
create index ledger_postings_by_payment on ledger_postings (merchant, payment_id);
create view ledger_entries as
  select p.id || '_' || (line.key + 1) as id, p.id as transaction_id, p.merchant as merchant,
    json_extract(line.value, '$[0]') as account, p.currency as currency, json_extract(line.value, '$[1]') as amount,
    p.kind as kind, p.payment_id as payment_id, p.refund_id as refund_id, p.attempt_id as attempt_id,
    p.created as created
  from ledger_postings p, json_each(p.lines) line;
