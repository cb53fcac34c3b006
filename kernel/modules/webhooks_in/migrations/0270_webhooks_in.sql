-- What providers told us, verified, once each; processed by a job after it was acknowledged.
create table webhooks_in (
  id       text   not null primary key,
  merchant text   not null,
  account  text   not null,
  provider text   not null,
  event_id text   not null,
  type     text   not null,
  event    text   not null,
  state    text   not null,
  error    text   not null,
  created  bigint not null,
  unique (merchant, account, event_id)
);
