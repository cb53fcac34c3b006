-- Durable jobs. A job that is done is deleted; one that has given up stays, as `dead`, for operators.
CREATE TABLE jobs (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  payload TEXT NOT NULL,
  state TEXT NOT NULL,       -- waiting, running or dead
  attempt BIGINT NOT NULL,   -- runs that have ended
  due BIGINT NOT NULL,       -- waiting: when it may run; running: when its lease ends, and anybody may
  owner TEXT NOT NULL,       -- who has the lease; '' while it waits
  last_error TEXT NOT NULL
);
CREATE INDEX jobs_by_due ON jobs (kind, due) WHERE state <> 'dead';
