-- What operators decided about lanes. The queue has it from here, again after a Redis that was emptied.
create table lane_orders (
    lane text primary key,
    mode text not null check (mode in ('RUNNING', 'PAUSED', 'DRAINING')),
    mode_by text not null default '',
    mode_reason text not null default '',
    mode_at timestamptz,
    -- Null until an operator changes them: the numbers of the configuration stand.
    active_max integer,
    claims_per_second_max integer,
    attempt_timeout_millis bigint,
    attempts_max integer,
    waiting_max integer,
    check (num_nulls(active_max, claims_per_second_max, attempt_timeout_millis, attempts_max, waiting_max) in (0, 5))
);
