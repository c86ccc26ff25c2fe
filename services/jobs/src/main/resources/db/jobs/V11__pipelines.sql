-- How an upload is to be prepared, by the name of a pipeline; empty means the usual one.
alter table uploads add column pipeline text not null default '';
