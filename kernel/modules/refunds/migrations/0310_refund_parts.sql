-- A refund of a payment that was captured in parts is given back from several captures: one part each, an
-- operation of its own at the provider. Every refund has at least one. What the refund itself named before,
-- its attempt and the provider's reference, is its part's now.
create table refund_parts (
  refund_id         text   not null,
  number            bigint not null,
  merchant          text   not null,
  payment_id        text   not null,
  amount            bigint not null,
  currency          text   not null,
  capture_reference text   not null,
  state             text   not null,
  attempt_id        text   not null,
  tries             bigint not null,
  reference         text   not null,
  primary key (refund_id, number)
);
create index refund_parts_by_payment on refund_parts (payment_id, refund_id, number);
create index refund_parts_by_reference on refund_parts (merchant, reference) where reference <> '';
insert into refund_parts (refund_id, number, merchant, payment_id, amount, currency, capture_reference, state,
  attempt_id, tries, reference)
  select id, 1, merchant, payment_id, amount, currency,
    coalesce((select a.capture_reference from attempts a where a.id = refunds.attempt_id), ''),
    case when status = 'pending' and reference = '' then 'sending' else status end, attempt_id, 1, reference
  from refunds;
drop index refunds_by_reference;
alter table refunds drop column reference;
alter table refunds drop column attempt_id;
-- Grows with each change: of two writers one loses.
alter table refunds add column version bigint not null default 1;
