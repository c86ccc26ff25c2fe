-- How long work took lately, the newest first: what estimates are made from.
create table run_times (
    job_type text not null,
    engine text not null,
    -- A picture of twice the pixels is in the next.
    size_bucket integer not null,
    -- '' for the whole run, else from the beginning of that stage to the end of the run.
    stage text not null,
    millis bigint[] not null check (cardinality(millis) between 1 and 100),
    updated_at timestamptz not null,
    primary key (job_type, engine, size_bucket, stage)
);

-- Waits as they were stated when a job began to wait, until it begins and shows whether they were true.
create table stated_waits (
    job_id uuid primary key references jobs (id) on delete cascade,
    lane text not null,
    low_millis bigint not null,
    high_millis bigint not null check (high_millis >= low_millis),
    stated_at timestamptz not null
);

create index stated_waits_age on stated_waits (stated_at);

-- Pixels of the photos a job works on, as uploaded; 0 where they are not known.
alter table jobs add column pixels bigint not null default 0;
