-- When a job was put where it waits, by the clock of whoever did it: what was stored in the future was stored by
-- a clock that was wrong. 0: before this column.
ALTER TABLE jobs ADD COLUMN stored BIGINT NOT NULL DEFAULT 0;
