-- Payments as they stand now; how they came there is in events, attempts and the ledger.
create table payments (
  id                text   not null primary key,
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
  version           bigint not null
);
create index payments_by_merchant on payments (merchant, id);
-- One row a try at a provider: the intent before the act, and what came of it.
create table attempts (
  id                  text   not null primary key,
  merchant            text   not null,
  payment_id          text   not null,
  kind                text   not null,
  number              bigint not null,
  account             text   not null,
  provider            text   not null,
  amount              bigint not null,
  currency            text   not null,
  state               text   not null,
  reference           text   not null,
  operation_reference text   not null,
  capture_reference   text   not null,
  refund_id           text   not null,
  decision_id         text   not null,
  captured_before     bigint not null,
  final_capture       bigint not null,
  decline_reason      text   not null,
  provider_code       text   not null,
  message             text   not null,
  exchanges           text   not null,
  idem_route          text   not null,
  idem_key            text   not null,
  started             bigint not null,
  ended               bigint
);
create index attempts_by_payment on attempts (payment_id, number);
create index attempts_open on attempts (state, started) where state in ('sending', 'in_doubt');
create index attempts_by_reference on attempts (provider, reference) where reference <> '';
