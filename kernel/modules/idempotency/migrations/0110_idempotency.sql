-- What was answered under a caller's Idempotency-Key, so that a replay is the same bytes. Kept 30 days.
create table idempotency_keys (
  merchant    text   not null,
  route       text   not null,
  idem_key    text   not null,
  digest      text   not null,
  object_id   text   not null,
  state       text   not null,
  http_status bigint not null,
  body        text   not null,
  created     bigint not null,
  primary key (merchant, route, idem_key)
);
create index idempotency_keys_by_age on idempotency_keys (created);
