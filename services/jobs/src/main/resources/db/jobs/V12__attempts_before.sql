-- Attempts of a job before it was last run again by hand: pauses between attempts are counted from there.
alter table jobs add column attempts_before integer not null default 0 check (attempts_before >= 0);
