-- What may be spent a day, and what was. A day's row is also the latch of what was told about it.
create table budgets (
    name text primary key check (name in ('free', 'paid')),
    limit_micro_usd bigint not null check (limit_micro_usd >= 0),
    updated_at timestamptz not null,
    updated_by text not null
);

create table budget_days (
    name text not null check (name in ('free', 'paid')),
    day date not null,
    spent_micro_usd bigint not null check (spent_micro_usd >= 0),
    alerted_at timestamptz,
    exhausted_at timestamptz,
    resumed_at timestamptz,
    resumed_by text,
    primary key (name, day)
);

-- The tier a job was paid on, for reports.
alter table charges add column tier text not null default 'FREE'
    check (tier in ('FREE', 'REMEMBER', 'CHERISH', 'FOREVER'));

create index charges_by_time on charges (created_at);

-- How long the attempt ran, where that was told.
alter table costs add column run_millis bigint check (run_millis >= 0);
