-- Photos marked for review. A flag outlives its photo: it says why that is gone.
create table flags (
    id uuid primary key,
    photo_id uuid not null,
    user_id text not null,
    state text not null default 'OPEN' check (state in ('OPEN', 'DISMISSED', 'UPHELD')),
    comment text not null,
    resolution_comment text not null default '',
    resolved_at timestamptz,
    created_at timestamptz not null,
    check ((state = 'OPEN') = (resolved_at is null))
);

create unique index flags_open_of_photo on flags (photo_id) where state = 'OPEN';
create index flags_of_photo on flags (photo_id);
create index flags_of_user on flags (user_id);
create index flags_by_state on flags (state, id desc);
create index flags_resolved on flags (resolved_at) where resolved_at is not null;

create trigger flags_not_of_the_erased before insert on flags
    for each row execute function refuse_the_erased();

-- Who did what about a flag. Nothing is ever changed here.
create table flag_entries (
    id uuid primary key,
    flag_id uuid not null references flags (id) on delete cascade,
    action text not null check (action in ('FLAGGED', 'VIEWED', 'DISMISSED', 'UPHELD')),
    done_by text not null,
    comment text not null default '',
    created_at timestamptz not null
);

create index flag_entries_of_flag on flag_entries (flag_id, id);
