-- API keys as digests: what is stored opens nothing. The row stays when a key is revoked.
create table api_keys (
  id       text   not null primary key,
  merchant text   not null,
  kind     text   not null,
  digest   text   not null unique,
  hint     text   not null,
  scopes   text   not null,
  livemode bigint not null,
  created  bigint not null,
  expires  bigint,
  revoked  bigint
);
create index api_keys_by_merchant on api_keys (merchant, created);
