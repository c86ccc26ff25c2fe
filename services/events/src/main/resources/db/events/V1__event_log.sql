-- The end of the log. Whoever appends holds this row from drawing its numbers to its commit, so numbers appear in their
-- order: who has read number N will never find a smaller one later.
create table log_head (
    only_row boolean primary key default true check (only_row),
    seq bigint not null
) with (fillfactor = 50);

insert into log_head (seq) values (0);

-- What happened, in order. seq is the time of appending in microseconds since 1970, or one more than the last where that
-- is later. So a day of the log is a range of seq, and partitions (made by PartitionStore, one a day of UTC) are found
-- by the same column that orders them.
--
-- A unique index of a partitioned table must hold seq, so that event_id cannot be unique here: each partition has an
-- unique index on event_id of its own, and appending looks in the days before under the lock on log_head.
create table event_log (
    seq bigint not null,
    event_id uuid not null,
    -- Whose it is; empty: nobody's, it is told in the room "global".
    user_id text not null,
    client_id text,
    session_id text,
    photo_id text,
    job_id text,
    type text not null,
    occurred_at timestamptz not null,
    -- The rekindle.events.v1.Event itself.
    payload bytea not null,
    primary key (seq)
) partition by range (seq);

-- One index a kind of room, in the order in which rooms are read.
create index event_log_user on event_log (user_id, seq);
create index event_log_client on event_log (user_id, client_id, seq) where client_id is not null;
create index event_log_session on event_log (user_id, session_id, seq) where session_id is not null;
create index event_log_photo on event_log (user_id, photo_id, seq) where photo_id is not null;
create index event_log_job on event_log (user_id, job_id, seq) where job_id is not null;
