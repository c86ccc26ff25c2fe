-- What Stripe told: facts first, and from the facts the books. A fact only ever grows (paid once, refunded up to so
-- much, ended for good), so that it does not matter in which order or how often it is heard.

alter table accounts
    -- The tier that Stripe's subscriptions gave the account when they were last looked at.
    add column subscribed_tier text not null default 'FREE'
        check (subscribed_tier in ('FREE', 'REMEMBER', 'CHERISH', 'FOREVER')),
    -- Months are not granted while a payment is past due.
    add column grants_held boolean not null default false,
    -- Credits that had to be taken back and were spent already.
    add column debt integer not null default 0 check (debt >= 0);

create table stripe_customers (
    account_id uuid primary key references accounts,
    customer_id text not null unique,
    created_at timestamptz not null
);

-- What users set out to buy, at the terms they were shown.
create table checkouts (
    id uuid primary key,
    account_id uuid not null references accounts,
    request_id text not null check (length(request_id) <= 128),
    -- A top-up's id, or "plan:REMEMBER:MONTH".
    item text not null,
    credits integer not null check (credits > 0),
    cents integer not null check (cents > 0),
    return_path text not null,
    session_id text unique,
    url text,
    expires_at timestamptz,
    created_at timestamptz not null
);

create index checkouts_of_account on checkouts (account_id, created_at);
create unique index checkouts_one_a_request on checkouts (account_id, request_id) where request_id <> '';

-- Money: one row for each payment intent, however many events there are about it.
create table payments (
    id text primary key,
    account_id uuid references accounts,
    kind text check (kind in ('TOP_UP', 'SUBSCRIPTION')),
    -- Credits bought, for top-ups.
    credits integer not null check (credits >= 0),
    cents bigint not null check (cents >= 0),
    -- Null where only a refund or dispute was heard of yet.
    paid_at timestamptz,
    refunded_cents bigint not null check (refunded_cents >= 0),
    disputed_cents bigint not null check (disputed_cents >= 0),
    dispute text not null check (dispute in ('NONE', 'OPEN', 'LOST', 'WON')),
    -- What the books made of it: whether its credits were given, how many had to come back, and in how many steps.
    booked boolean not null,
    clawed_credits integer not null check (clawed_credits >= 0),
    clawed_steps integer not null check (clawed_steps >= 0),
    heard_at timestamptz not null,
    constraint payments_booked_is_paid check (not booked or (paid_at is not null and account_id is not null))
);

create index payments_of_account on payments (account_id);
create index payments_by_time on payments (paid_at);

create table subscriptions (
    id text primary key,
    account_id uuid not null references accounts,
    tier text not null check (tier in ('REMEMBER', 'CHERISH', 'FOREVER')),
    term text not null check (term in ('MONTH', 'YEAR')),
    cents bigint not null check (cents >= 0),
    status text not null,
    ending boolean not null,
    period_end timestamptz not null,
    started_at timestamptz not null,
    ended_at timestamptz,
    -- The moment at Stripe that the row shows.
    as_of timestamptz not null,
    -- When it was last read from Stripe, by our clock; and when it is to be read next.
    read_at timestamptz,
    refresh_at timestamptz not null
);

create index subscriptions_of_account on subscriptions (account_id);
create index subscriptions_to_refresh on subscriptions (refresh_at) where ended_at is null;

-- Every event as it came, before anything is made of it.
create table stripe_events (
    id text primary key check (length(id) between 1 and 255),
    type text not null,
    created_at timestamptz not null,
    payload bytea not null,
    received_at timestamptz not null,
    applied_at timestamptz,
    -- What came of it: the fact it told, or why it told none.
    outcome text not null,
    account_id uuid references accounts,
    attempts integer not null,
    due_at timestamptz not null
);

create index stripe_events_due on stripe_events (due_at) where applied_at is null;
create index stripe_events_by_time on stripe_events (created_at);

create function refuse_second_application() returns trigger language plpgsql as $$
begin
    if old.applied_at is not null then
        raise exception 'Stripe event % was applied at %', old.id, old.applied_at using errcode = 'check_violation';
    end if;
    return new;
end $$;

create trigger stripe_events_apply_once before update on stripe_events
    for each row execute function refuse_second_application();
