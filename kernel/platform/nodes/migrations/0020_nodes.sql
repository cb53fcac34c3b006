-- The incarnations that live: a row comes with a process and goes when that process has left or is proven
-- dead. So whatever names a node that has no row here is carried by nobody.
create table nodes (
  id        text   not null primary key,
  process   text   not null,  -- Machine, pid namespace, pid and start: '' when that cannot be known.
  lock_key  bigint not null,  -- PostgreSQL: the advisory lock that it holds while it is connected.
  started   bigint not null,
  heartbeat bigint not null   -- Changes with every beat; only ever compared for being the same.
);
