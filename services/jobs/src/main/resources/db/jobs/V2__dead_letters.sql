-- Jobs that failed for good, as operators see them: one a job, opened anew whenever it fails for good again.
create table dead_letters (
    job_id uuid primary key references jobs (id) on delete cascade,
    -- Of the last failure; sorts by time.
    letter_id uuid not null unique,
    failure_class text not null,
    state text not null default 'OPEN' check (state in ('OPEN', 'RETRIED', 'DISCARDED')),
    resolved_by text not null default '',
    resolved_at timestamptz,
    created_at timestamptz not null,
    check ((state = 'OPEN') = (resolved_at is null))
);

create index dead_letters_open on dead_letters (failure_class, letter_id desc) where state = 'OPEN';

create table dead_letter_notes (
    id uuid primary key,
    job_id uuid not null references dead_letters (job_id) on delete cascade,
    author text not null,
    text text not null,
    created_at timestamptz not null
);

create index dead_letter_notes_of_job on dead_letter_notes (job_id, id);

-- What operators were told of and is not over yet, so that one process tells it once.
create table alarms (
    name text primary key,
    raised_at timestamptz not null
);

-- What had failed before there were dead letters; its class is in the job's error only.
insert into dead_letters (job_id, letter_id, failure_class, created_at)
select id, id, 'UNSPECIFIED', ended_at from jobs where state = 'FAILED';
