-- What a committed transaction still owes to others: written with the change it tells of, delivered at least once.
create table outbox (
    id bigint generated always as identity primary key,
    topic text not null,
    -- Unique per topic: the same debt is written once, however often the transaction that causes it is tried.
    dedup_key text not null,
    payload bytea not null,
    attempts integer not null default 0,
    due_at timestamptz not null default now(),
    last_error text,
    created_at timestamptz not null default now(),
    unique (topic, dedup_key)
);

create index outbox_due on outbox (topic, due_at, id);
