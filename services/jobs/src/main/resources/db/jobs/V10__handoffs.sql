-- Leave to upload for a user, handed from a desktop to a phone by a code. Neither code nor token can be read from here.
create table handoffs (
    id uuid primary key,
    user_id text not null,
    session_id text not null,
    -- SHA-256; null once the code was redeemed.
    code_sha256 bytea unique,
    -- SHA-256 of the token the code was redeemed for.
    token_sha256 bytea unique,
    upload_count integer not null default 0 check (upload_count >= 0),
    -- Of the code, later of the token.
    expires_at timestamptz not null,
    created_at timestamptz not null,
    check ((code_sha256 is null) = (token_sha256 is not null))
);

create index handoffs_of_user on handoffs (user_id, expires_at);
create index handoffs_expiry on handoffs (expires_at);

create trigger handoffs_not_of_the_erased before insert on handoffs
    for each row execute function refuse_the_erased();

-- The hand-over by which an upload came; whoever holds its token sees no other upload.
alter table uploads add column handoff_id uuid;
