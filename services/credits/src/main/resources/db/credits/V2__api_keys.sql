-- Keys of partners' programs. The secret itself is nowhere: only its digest is kept, and its first characters.
create table api_keys (
    id uuid primary key,
    account_id uuid not null references accounts,
    name text not null check (length(name) between 1 and 100),
    prefix text not null check (length(prefix) between 4 and 16),
    secret_sha256 bytea not null unique check (length(secret_sha256) = 32),
    scopes text[] not null check (cardinality(scopes) between 1 and 20),
    -- The call that made it; sent again it makes no second key.
    request_id text not null check (length(request_id) <= 128),
    request_sha256 text not null,
    created_at timestamptz not null,
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz
);

create index api_keys_of_account on api_keys (account_id, created_at);
create unique index api_keys_one_a_request on api_keys (account_id, request_id) where request_id <> '';
