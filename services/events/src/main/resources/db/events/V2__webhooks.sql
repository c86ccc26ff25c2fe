-- How far the log has been turned into deliveries. Whoever moves it on makes the deliveries in the same transaction.
create table webhook_cursor (
    only_row boolean primary key default true check (only_row),
    seq bigint not null
) with (fillfactor = 50);

insert into webhook_cursor (seq) select seq from log_head;

-- Endpoints of users. Besides what the owner sets, a row holds how the endpoint is doing: it is locked by whoever claims
-- deliveries of it or says how one went, so that its rate and its concurrency hold over all processes.
create table webhook_endpoints (
    id uuid primary key,
    user_id text not null,
    -- The caller's id of the creation, and a digest of what it asked for; forgotten after a day.
    request_id text,
    request_digest bytea,
    url text not null,
    types text[] not null,
    -- In ascending order.
    milestones_percent integer[] not null,
    description text not null,
    disabled boolean not null,
    -- Why we switched it off; empty where its owner did or it is on.
    disabled_reason text not null default '',
    created_at timestamptz not null,
    updated_at timestamptz not null,
    -- When to look for deliveries that are due; null: none wait.
    due_at timestamptz,
    -- Failures in a row; from a threshold on, the circuit is open until paused_until and then lets one through.
    failure_count integer not null default 0,
    -- Nothing is sent before; set by the circuit and by Retry-After.
    paused_until timestamptz,
    -- The rate: a bucket of tokens as it stood at a time.
    tokens double precision not null,
    tokens_at timestamptz not null
) with (fillfactor = 70);

create index webhook_endpoints_user on webhook_endpoints (user_id, id);
create unique index webhook_endpoints_request on webhook_endpoints (user_id, request_id) where request_id is not null;
create index webhook_endpoints_due on webhook_endpoints (due_at) where due_at is not null;

-- The secrets that sign. The newest has no end; one that was replaced signs beside it until its own.
create table webhook_secrets (
    id uuid primary key,
    webhook_id uuid not null references webhook_endpoints on delete cascade,
    secret text not null,
    expires_at timestamptz
);

create index webhook_secrets_webhook on webhook_secrets (webhook_id, id);

create table webhook_deliveries (
    id uuid primary key,
    webhook_id uuid not null references webhook_endpoints on delete cascade,
    event_id uuid not null,
    event_type text not null,
    -- What is posted, byte by byte, at every attempt.
    body text not null,
    state text not null check (state in ('waiting', 'delivered', 'dead')),
    -- Counts claims. Only the holder of the last one may say how it went.
    attempt integer not null default 0,
    tries_left integer not null,
    -- When it may be claimed: the time of its next try or, while claimed, the end of the lease.
    due_at timestamptz not null,
    leased_until timestamptz,
    http_status integer not null default 0,
    response_body text not null default '',
    error text not null default '',
    created_at timestamptz not null,
    -- An event is delivered once to an endpoint, however often the log is read.
    unique (webhook_id, event_id)
) with (fillfactor = 70);

create index webhook_deliveries_due on webhook_deliveries (webhook_id, due_at) where state = 'waiting';
create index webhook_deliveries_log on webhook_deliveries (webhook_id, id);
create index webhook_deliveries_created on webhook_deliveries (created_at);

-- The highest milestone of a job that an endpoint was told of.
create table webhook_milestones (
    webhook_id uuid not null references webhook_endpoints on delete cascade,
    job_id text not null,
    percent integer not null,
    updated_at timestamptz not null,
    primary key (webhook_id, job_id)
);

create index webhook_milestones_updated on webhook_milestones (updated_at);
