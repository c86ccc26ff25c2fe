-- Taking along and erasing all there is of a person. Ledger rows name accounts, so the books outlive the person by one
-- row changed: the account's.

alter table accounts
    -- Set when its erasure was ordered: nothing is spent, bought or granted any more.
    add column closed_at timestamptz,
    -- Set when the user's id gave way to an alias nobody signs in with.
    add column erased_at timestamptz,
    add constraint accounts_erased_is_closed check (erased_at is null or closed_at is not null);

-- What was ordered, and how far it is. One step is done at a time, and each may be repeated.
create table data_orders (
    id uuid primary key,
    kind text not null check (kind in ('EXPORT', 'ERASE')),
    -- Null once the user is erased; the digest stays, so that asking again is answered and no month is granted twice.
    user_id text check (length(user_id) between 1 and 128),
    user_sha256 bytea not null check (length(user_sha256) = 32),
    account_id uuid not null references accounts,
    request_id text not null check (length(request_id) <= 128),
    state text not null check (state in ('RUNNING', 'DONE', 'FAILED')),
    step text not null,
    -- Place of the account's newest entry when its events were erased.
    seen_seq integer,
    -- Why it failed, as its user is told.
    reason text not null default '',
    message text not null default '',
    attempts integer not null default 0,
    -- When the next step may be done; while one is done, when another may think that its process is dead.
    due_at timestamptz not null,
    created_at timestamptz not null,
    ended_at timestamptz,
    -- When the archive is deleted.
    expires_at timestamptz,
    -- An account the user begins anew has its first month from here.
    granted_until timestamptz,
    constraint data_orders_end check ((state = 'RUNNING') = (ended_at is null)),
    constraint data_orders_run_for_somebody check (state <> 'RUNNING' or user_id is not null)
);

create unique index data_orders_one_runs on data_orders (user_sha256, kind) where state = 'RUNNING';
create index data_orders_of_user on data_orders (user_sha256, kind, id);
create index data_orders_due on data_orders (kind, due_at) where state = 'RUNNING';

-- What Stripe told of an erased account loses the person, once, and nothing else.
alter table stripe_events add column scrubbed_at timestamptz;

create index stripe_events_of_account on stripe_events (account_id) where scrubbed_at is null;

create or replace function refuse_second_application() returns trigger language plpgsql as $$
begin
    if old.applied_at is null then
        return new;
    end if;
    if old.scrubbed_at is null and new.scrubbed_at is not null
        and (old.id, old.type, old.created_at, old.received_at, old.applied_at, old.outcome, old.attempts, old.due_at)
            = (new.id, new.type, new.created_at, new.received_at, new.applied_at, new.outcome, new.attempts, new.due_at)
        and old.account_id is not distinct from new.account_id then
        return new;
    end if;
    raise exception 'Stripe event % was applied at %', old.id, old.applied_at using errcode = 'check_violation';
end $$;
