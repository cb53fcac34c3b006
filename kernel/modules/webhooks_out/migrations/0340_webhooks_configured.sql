-- Endpoints of the configuration that are disabled. The rest of them is in YAML alone.
create table webhook_configured_disabled (
  merchant    text   not null,
  endpoint_id text   not null,
  reason      text   not null,
  since       bigint not null,
  primary key (merchant, endpoint_id)
);
