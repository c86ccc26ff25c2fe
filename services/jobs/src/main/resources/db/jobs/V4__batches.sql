-- Jobs created, watched and cancelled together.
create table batches (
    id uuid primary key,
    user_id text not null,
    policy text not null check (policy in ('CONTINUE', 'FAIL_FAST')),
    job_count integer not null check (job_count > 0),
    credit_cost integer not null check (credit_cost >= 0),
    -- When all of its jobs were paid; a batch that never is, is taken back whole.
    accepted_at timestamptz,
    cancel_requested_at timestamptz,
    -- When a job of it was last run again after the batch had ended.
    reopened_at timestamptz,
    ended_at timestamptz,
    manifest_id uuid,
    manifest_key text not null default '',
    manifest_bytes bigint not null default 0,
    created_at timestamptz not null,
    check (ended_at is null or accepted_at is not null)
);

create index batches_open_of_user on batches (user_id) where ended_at is null;
create index batches_of_manifest on batches (manifest_id) where manifest_id is not null;

alter table jobs
    add column batch_id uuid references batches (id) on delete cascade,
    add column batch_place integer,
    -- SHA-256 of what goes in and what is to be done; the same work on the same content has the same.
    add column fingerprint bytea,
    add check ((batch_id is null) = (batch_place is null));

create index jobs_of_batch on jobs (batch_id, batch_place) where batch_id is not null;
create index jobs_of_fingerprint on jobs (user_id, fingerprint, id desc) where fingerprint is not null;
