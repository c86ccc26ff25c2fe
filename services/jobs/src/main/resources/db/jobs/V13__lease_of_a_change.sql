-- The run a job was in when it changed so, or empty: progress is shown of that run alone. Its number would not do, because
-- a run that did not count leaves its number to the next.
alter table job_changes add column lease_id text not null default '';
