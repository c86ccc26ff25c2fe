-- Archives of all of a user's data. A row owns its blob from the beginning of the writing to the expiry.
create table exports (
    id uuid primary key,
    user_id text not null,
    blob_key text not null,
    -- The store's own upload in parts, while it is written.
    parts_id text not null default '',
    -- Null until the archive is whole.
    size_bytes bigint check (size_bytes >= 0),
    expires_at timestamptz not null,
    created_at timestamptz not null
);

create index exports_of_user on exports (user_id);
create index exports_expiry on exports (expires_at);

-- Users that are being erased: nothing of theirs is taken in.
create table erasures (
    user_id text primary key,
    begun_at timestamptz not null
);

-- A call that began before the erasure may write after it has looked and found nothing. Every writer holds the user's lock
-- shared until its commit and looks then; the erasure takes it alone before it writes its own row. So a row is either seen
-- by the erasure or refused here.
create function refuse_the_erased() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(hashtextextended(new.user_id, 8));
    if exists (select from erasures where user_id = new.user_id) then
        raise exception 'The data of this user is being erased.' using errcode = 'RK409';
    end if;
    return new;
end $$;

create trigger uploads_not_of_the_erased before insert on uploads
    for each row execute function refuse_the_erased();
create trigger photos_not_of_the_erased before insert on photos
    for each row execute function refuse_the_erased();
create trigger jobs_not_of_the_erased before insert on jobs
    for each row execute function refuse_the_erased();
create trigger batches_not_of_the_erased before insert on batches
    for each row execute function refuse_the_erased();
create trigger exports_not_of_the_erased before insert on exports
    for each row execute function refuse_the_erased();
