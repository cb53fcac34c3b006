-- The position becomes the table's own key: an index less to write for each event. The counters, of which
-- every commit writes two, stand in their primary key.
create table lean_events (
  position   integer not null primary key,
  merchant   text    not null,
  seq        bigint  not null,
  id         text    not null,
  type       text    not null,
  object_id  text    not null,
  payment_id text    not null,
  body       text    not null,
  created    bigint  not null,
  unique (merchant, seq)
);
insert into lean_events select position, merchant, seq, id, type, object_id, payment_id, body, created from events;
drop table events;
alter table lean_events rename to events;
create index events_by_payment on events (payment_id, position) where payment_id <> '';
create table lean_counters (
  merchant text   not null primary key,
  value    bigint not null
) without rowid;
insert into lean_counters select merchant, value from event_counters;
drop table event_counters;
alter table lean_counters rename to event_counters;
