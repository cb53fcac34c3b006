-- The outbox: every event, with its number in its merchant's sequence and in the whole.
create table events (
  position   bigint not null primary key,
  merchant   text   not null,
  seq        bigint not null,
  id         text   not null,
  type       text   not null,
  object_id  text   not null,
  payment_id text   not null,
  body       text   not null,
  created    bigint not null,
  unique (merchant, seq)
);
create index events_by_payment on events (payment_id, position) where payment_id <> '';
-- The last number given, one row a merchant; the row '' counts positions.
create table event_counters (
  merchant text   not null primary key,
  value    bigint not null
);
-- How far each reader of the outbox has come.
create table event_cursors (
  reader   text   not null primary key,
  position bigint not null
);
