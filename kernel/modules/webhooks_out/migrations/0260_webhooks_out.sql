-- Who wants to be told over HTTP, and what became of telling them. Secrets are sealed under the vault.
create table webhook_endpoints (
  id               text   not null primary key,
  merchant         text   not null,
  url              text   not null,
  events           text   not null,
  description      text   not null,
  secret           text   not null,
  old_secret       text   not null,
  old_secret_until bigint not null,
  status           text   not null,
  reason           text   not null,
  created          bigint not null
);
create index webhook_endpoints_by_merchant on webhook_endpoints (merchant, id);
create table webhook_deliveries (
  id          text   not null primary key,
  merchant    text   not null,
  endpoint_id text   not null,
  event_id    text   not null,
  payment_id  text   not null,
  position    bigint not null,
  state       text   not null,
  attempts    bigint not null,
  http_status bigint not null,
  error       text   not null,
  created     bigint not null,
  updated     bigint not null
);
create index webhook_deliveries_by_endpoint on webhook_deliveries (merchant, endpoint_id, id);
create index webhook_deliveries_open on webhook_deliveries (endpoint_id, payment_id, position) where state = 'pending';
