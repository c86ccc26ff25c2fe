-- What operators ordered about the queue as a whole: one row, or none where all is as configured.
create table queue_rules (
    one boolean primary key default true check (one),
    -- rekindle.jobs.v1.QueueRules with those numbers alone that were ordered
    ordered bytea not null,
    ordered_by text not null default '',
    ordered_at timestamptz
);
