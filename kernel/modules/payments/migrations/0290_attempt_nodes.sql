-- Which incarnation carries the attempt. '' (from before there were any): nobody does, so a daemon of an
-- older version is to be stopped before one of this version starts on its database.
alter table attempts add column node text not null default '';
