-- One row a posting instead of one a line: its lines are a JSON list of [account, amount], and the view shows
-- them one by one as before.
create table ledger_postings (
  id         text   not null,
  merchant   text   not null,
  currency   text   not null,
  kind       text   not null,
  payment_id text   not null,
  refund_id  text   not null,
  attempt_id text   not null,
  lines      text   not null,
  created    bigint not null,
  primary key (merchant, id)
);
insert into ledger_postings (id, merchant, currency, kind, payment_id, refund_id, attempt_id, lines, created)
  select transaction_id, merchant, currency, kind, payment_id, refund_id, attempt_id,
    json_agg(json_build_array(account, amount) order by id)::text, created
  from ledger_entries
  group by created, merchant, transaction_id, currency, kind, payment_id, refund_id, attempt_id;
drop table ledger_entries;
create index ledger_postings_by_payment on ledger_postings (payment_id);
create view ledger_entries as
  select p.id || '_' || line.number as id, p.id as transaction_id, p.merchant as merchant,
    line.value ->> 0 as account, p.currency as currency, cast(line.value ->> 1 as bigint) as amount,
    p.kind as kind, p.payment_id as payment_id, p.refund_id as refund_id, p.attempt_id as attempt_id,
    p.created as created
  from ledger_postings p, json_array_elements(cast(p.lines as json)) with ordinality as line (value, number);
