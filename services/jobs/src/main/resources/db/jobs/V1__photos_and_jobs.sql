-- Uploads: bytes on their way in. An upload's id becomes its photo's id.
create table uploads (
    id uuid primary key,
    user_id text not null,
    state text not null default 'OPEN' check (state in ('OPEN', 'COMPLETED', 'ABORTED')),
    filename text not null,
    size_bytes bigint not null check (size_bytes >= 0),
    sha256 text not null default '',
    -- rekindle.common.v1.Corners, null where none were sent.
    corners bytea,
    client_id text not null default '',
    session_id text not null default '',
    blob_key text not null,
    -- The store's own upload in parts, and the etags of its parts in order.
    parts_id text not null default '',
    part_etags text[] not null default '{}',
    offset_bytes bigint not null default 0 check (offset_bytes >= 0),
    expires_at timestamptz not null,
    created_at timestamptz not null
);

create index uploads_open on uploads (expires_at) where state = 'OPEN';

create table photos (
    id uuid primary key,
    user_id text not null,
    state text not null check (state in ('PREPARING', 'READY', 'FAILED')),
    filename text not null,
    original_key text not null,
    -- Set when the original was deleted by policy.
    original_deleted_at timestamptz,
    sha256 text not null,
    -- rekindle.common.v1.MediaMetadata
    metadata bytea not null,
    -- rekindle.common.v1.Corners
    corners bytea,
    preparation_job_id uuid not null,
    -- rekindle.jobs.v1.JobError
    error bytea,
    flagged boolean not null default false,
    client_id text not null default '',
    session_id text not null default '',
    created_at timestamptz not null,
    updated_at timestamptz not null
);

create index photos_of_user on photos (user_id, id desc);
create index photos_originals on photos (created_at) where original_deleted_at is null;

create table photo_variants (
    photo_id uuid not null references photos (id) on delete cascade,
    name text not null,
    blob_key text not null,
    content_type text not null,
    -- rekindle.common.v1.MediaMetadata
    metadata bytea not null,
    primary key (photo_id, name)
);

create table jobs (
    id uuid primary key,
    user_id text not null,
    type text not null,
    -- rekindle.jobs.v1.JobSpec
    spec bytea not null,
    state text not null default 'PENDING' check (state in
        ('PENDING', 'QUEUED', 'PROCESSING', 'RETRY_SCHEDULED', 'COMPLETED', 'FAILED', 'CANCELLED')),
    lane text not null,
    kind text not null,
    priority integer not null,
    attempt integer not null default 0 check (attempt >= 0),
    attempts_max integer not null check (attempts_max > 0),
    attempt_timeout_millis bigint not null check (attempt_timeout_millis > 0),
    -- Workers that died or fell silent with this job.
    lost_count integer not null default 0,
    -- Of the attempt that runs.
    lease_id text not null default '',
    worker_id text not null default '',
    tier text not null,
    resolution text not null,
    watermark boolean not null,
    credit_cost integer not null check (credit_cost >= 0),
    -- Number of the present charge; each retry by the owner after a refund makes a new one.
    charge integer not null default 1 check (charge >= 1),
    charged_at timestamptz,
    -- The last charge that was given back, or made void before it was made.
    refunded_charge integer not null default 0 check (refunded_charge <= charge),
    cost_micro_usd bigint not null default 0,
    -- rekindle.jobs.v1.EngineChoice
    engine bytea,
    report text[] not null default '{}',
    -- rekindle.jobs.v1.JobError
    error bytea,
    cancel_requested_at timestamptz,
    client_id text not null default '',
    session_id text not null default '',
    traceparent text not null default '',
    revision bigint not null default 1,
    created_at timestamptz not null,
    queued_at timestamptz,
    started_at timestamptz,
    ended_at timestamptz,
    retry_at timestamptz,
    updated_at timestamptz not null,
    check ((state in ('COMPLETED', 'FAILED', 'CANCELLED')) = (ended_at is not null)),
    check (state <> 'RETRY_SCHEDULED' or retry_at is not null)
);

create index jobs_of_user on jobs (user_id, id desc);
create index jobs_open on jobs (id) where state in ('PENDING', 'QUEUED', 'PROCESSING', 'RETRY_SCHEDULED');
create index jobs_open_of_user on jobs (user_id) where state in ('PENDING', 'QUEUED', 'PROCESSING', 'RETRY_SCHEDULED');
-- Retries by owners that were cut off between their charge and their place in the queue.
create index jobs_half_retried on jobs (updated_at) where state = 'FAILED' and refunded_charge < charge;
create index jobs_run_times on jobs (type, ended_at desc) where state = 'COMPLETED';

-- The state machine: a step that is not here is refused, whoever asks.
create function check_job_step() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        if new.state <> 'PENDING' then
            raise exception 'A job begins PENDING, not %', new.state using errcode = 'check_violation';
        end if;
        return new;
    end if;
    if new.state is distinct from old.state and not (
        (old.state = 'PENDING' and new.state in ('QUEUED', 'CANCELLED', 'FAILED'))
        or (old.state = 'QUEUED' and new.state in ('PROCESSING', 'CANCELLED', 'FAILED'))
        or (old.state = 'PROCESSING' and new.state in ('COMPLETED', 'FAILED', 'CANCELLED', 'RETRY_SCHEDULED', 'QUEUED'))
        or (old.state = 'RETRY_SCHEDULED' and new.state in ('QUEUED', 'PROCESSING', 'CANCELLED', 'FAILED'))
        or (old.state = 'FAILED' and new.state = 'PENDING')
    ) then
        raise exception 'Job % cannot go from % to %', old.id, old.state, new.state using errcode = 'check_violation';
    end if;
    if new.revision <= old.revision then
        raise exception 'Job % must rise above revision %', old.id, old.revision using errcode = 'check_violation';
    end if;
    return new;
end $$;

create trigger job_step before insert or update on jobs for each row execute function check_job_step();

create table job_photos (
    job_id uuid not null references jobs (id) on delete cascade,
    place integer not null,
    photo_id uuid not null,
    primary key (job_id, place)
);

create index job_photos_by_photo on job_photos (photo_id);

create table job_attempts (
    job_id uuid not null references jobs (id) on delete cascade,
    lease_id text not null,
    attempt integer not null,
    worker_id text not null,
    started_at timestamptz not null,
    ended_at timestamptz,
    -- rekindle.jobs.v1.JobError
    error bytea,
    -- For operators only.
    detail text not null default '',
    cost_micro_usd bigint not null default 0,
    primary key (job_id, lease_id)
);

create table job_outputs (
    id uuid primary key,
    job_id uuid not null references jobs (id) on delete cascade,
    name text not null,
    blob_key text not null,
    content_type text not null,
    -- rekindle.common.v1.MediaMetadata
    metadata bytea not null,
    created_at timestamptz not null,
    unique (job_id, name)
);

-- Every change of a job's state, with the job as it was then: what WatchJob replays.
create table job_changes (
    job_id uuid not null references jobs (id) on delete cascade,
    revision bigint not null,
    event_id uuid not null,
    -- rekindle.jobs.v1.Job
    snapshot bytea not null,
    created_at timestamptz not null,
    primary key (job_id, revision)
);

-- Calls with a request id, for 24 hours.
create table idempotency (
    user_id text not null,
    call text not null,
    request_id text not null,
    request_sha256 bytea not null,
    resource_id uuid not null,
    created_at timestamptz not null,
    primary key (user_id, call, request_id)
);

create index idempotency_resource on idempotency (resource_id);
create index idempotency_age on idempotency (created_at);
