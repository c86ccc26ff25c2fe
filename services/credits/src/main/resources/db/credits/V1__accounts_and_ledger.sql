-- The books. What may never happen is refused here, by constraints, and not only in the program that writes:
--   a balance below zero, or one that is not the sum of its ledger;
--   an entry changed, removed, left out of a balance, or put anywhere but at the end of its account's chain;
--   a job charged twice at once, a refund without its charge or of another amount, a charge that was made void.

-- The credits of one user. Ledger rows name the account and never the user, so that a person can be erased and the
-- books stay.
create table accounts (
    id uuid primary key,
    user_id text not null unique check (length(user_id) between 1 and 128),
    tier text not null check (tier in ('FREE', 'REMEMBER', 'CHERISH', 'FOREVER')),
    balance integer not null check (balance >= 0),
    -- Place of the last entry in the account's chain; 0 before the first.
    last_seq integer not null check (last_seq >= 0),
    head_seq integer generated always as (nullif(last_seq, 0)) stored,
    -- Months of grants are counted from here, so that the 31st stays the 31st after a February.
    grant_anchor timestamptz not null,
    -- Months begun since the anchor, and since the account began. The second never goes back.
    months_begun integer not null check (months_begun >= 0),
    grant_period integer not null check (grant_period >= 0),
    -- Credits granted for the month that runs.
    month_granted integer not null check (month_granted >= 0),
    next_grant_at timestamptz not null,
    created_at timestamptz not null,
    constraint accounts_begin_with_nothing check (last_seq > 0 or balance = 0)
) with (fillfactor = 80);

create index accounts_by_next_grant on accounts (next_grant_at);

create table ledger (
    id uuid primary key,
    account_id uuid not null references accounts,
    -- Place in the account's chain: 1, 2, 3, … without a gap.
    seq integer not null check (seq >= 1),
    type text not null check (type in
        ('DEDUCTION', 'REFUND', 'GRANT', 'PURCHASE', 'ADJUSTMENT', 'FORFEIT', 'CLAWBACK')),
    amount integer not null check (amount <> 0),
    balance_before integer not null check (balance_before >= 0),
    balance_after integer not null check (balance_after >= 0),
    -- What this entry is for, for example job:{id}:charge:1. The same thing is never booked twice.
    business_key text not null unique check (length(business_key) between 1 and 200),
    job_id uuid,
    charge integer,
    reason text not null check (length(reason) <= 500),
    cause text not null check (length(cause) between 1 and 128),
    created_at timestamptz not null,
    -- What this entry refers to, as columns, so that foreign keys can prove it.
    previous_seq integer generated always as (nullif(seq - 1, 0)) stored,
    charge_credits integer generated always as
        (case when type in ('DEDUCTION', 'REFUND') then abs(amount) end) stored,
    charge_returned text generated always as (case when type = 'REFUND' then 'RETURNED' end) stored,
    constraint ledger_adds_up check (balance_after = balance_before + amount),
    constraint ledger_begins_with_nothing check (seq > 1 or balance_before = 0),
    constraint ledger_direction check (type = 'ADJUSTMENT' or (amount > 0) = (type in ('REFUND', 'GRANT', 'PURCHASE'))),
    constraint ledger_job_where_paid check ((type in ('DEDUCTION', 'REFUND')) = (job_id is not null)),
    constraint ledger_charge_with_job check ((job_id is null) = (charge is null)),
    unique (account_id, seq),
    unique (account_id, seq, balance_after),
    unique (job_id, charge, type),
    -- Every entry begins where the one before it ended.
    constraint ledger_follows foreign key (account_id, previous_seq, balance_before)
        references ledger (account_id, seq, balance_after)
);

-- The balance is what the last entry left.
alter table accounts add constraint accounts_balance_is_booked foreign key (id, head_seq, balance)
    references ledger (account_id, seq, balance_after) deferrable initially deferred;

-- What a job paid, once for each time it paid. VOID marks a charge that was given back before it was made, so that it
-- cannot be made any more.
create table charges (
    job_id uuid not null,
    charge integer not null check (charge >= 1),
    account_id uuid not null references accounts,
    job_type text not null,
    credits integer not null check (credits >= 0),
    state text not null check (state in ('HELD', 'RETURNED', 'VOID')),
    created_at timestamptz not null,
    deducted_type text generated always as (case when state <> 'VOID' then 'DEDUCTION' end) stored,
    refunded_type text generated always as (case when state = 'RETURNED' then 'REFUND' end) stored,
    primary key (job_id, charge),
    unique (job_id, charge, account_id, credits),
    unique (job_id, charge, state),
    constraint charges_void_is_nothing check ((state = 'VOID') = (credits = 0)),
    constraint charges_void_is_of_no_type check ((state = 'VOID') = (job_type = '')),
    -- A charge has its deduction in the ledger, one given back its refund.
    constraint charges_is_booked foreign key (job_id, charge, deducted_type)
        references ledger (job_id, charge, type) deferrable initially deferred,
    constraint charges_return_is_booked foreign key (job_id, charge, refunded_type)
        references ledger (job_id, charge, type) deferrable initially deferred
);

-- A job holds one charge at a time.
create unique index charges_one_held_a_job on charges (job_id) where state = 'HELD';

create index charges_of_account on charges (account_id);

-- A deduction and its refund are of the charge's account and amount, and with the refund the charge is given back.
alter table ledger add constraint ledger_charge_is_known foreign key (job_id, charge, account_id, charge_credits)
    references charges (job_id, charge, account_id, credits) deferrable initially deferred;
alter table ledger add constraint ledger_refund_is_known foreign key (job_id, charge, charge_returned)
    references charges (job_id, charge, state) deferrable initially deferred;

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% only grows: % is refused', tg_table_name, lower(tg_op) using errcode = 'check_violation';
end $$;

create trigger ledger_only_grows before update or delete on ledger
    for each row execute function refuse_change();
create trigger ledger_is_not_emptied before truncate on ledger
    for each statement execute function refuse_change();
create trigger charges_are_not_deleted before delete on charges
    for each row execute function refuse_change();
create trigger charges_are_not_emptied before truncate on charges
    for each statement execute function refuse_change();

create function refuse_other_change_of_charge() returns trigger language plpgsql as $$
begin
    if old.state = 'HELD' and new.state = 'RETURNED'
        and (old.job_id, old.charge, old.account_id, old.job_type, old.credits, old.created_at)
            = (new.job_id, new.charge, new.account_id, new.job_type, new.credits, new.created_at) then
        return new;
    end if;
    raise exception 'Charge % of job % cannot go from % to %', old.charge, old.job_id, old.state, new.state
        using errcode = 'check_violation';
end $$;

create trigger charges_change_once before update on charges
    for each row execute function refuse_other_change_of_charge();

-- With the foreign key above, the balance is that of the newest entry and of no older one.
create function refuse_going_back() returns trigger language plpgsql as $$
begin
    if new.id <> old.id or new.last_seq < old.last_seq or new.grant_period < old.grant_period then
        raise exception 'Account % cannot go back', old.id using errcode = 'check_violation';
    end if;
    return new;
end $$;

create trigger accounts_go_forward before update on accounts
    for each row execute function refuse_going_back();

create function refuse_uncounted_entry() returns trigger language plpgsql as $$
begin
    if not exists (select from accounts where id = new.account_id and last_seq >= new.seq) then
        raise exception 'Entry % of account % is in no balance', new.seq, new.account_id
            using errcode = 'check_violation';
    end if;
    return null;
end $$;

create constraint trigger ledger_is_counted after insert on ledger deferrable initially deferred
    for each row execute function refuse_uncounted_entry();

-- What attempts at jobs cost us, for reports and budgets.
create table costs (
    job_id uuid not null,
    attempt integer not null check (attempt >= 0),
    account_id uuid not null references accounts,
    engine text not null,
    job_type text not null,
    tier text not null,
    cost_micro_usd bigint not null check (cost_micro_usd >= 0),
    incurred_at timestamptz not null,
    recorded_at timestamptz not null,
    primary key (job_id, attempt)
);

create index costs_by_time on costs (incurred_at);
