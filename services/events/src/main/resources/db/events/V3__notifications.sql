-- Browsers that are pushed to and e-mail addresses are endpoints too, so that deliveries to them are claimed, tried again,
-- limited and kept as those of webhooks are. What only one kind has stands in a table of its own.
alter table webhook_endpoints
    add column kind text not null default 'webhook' check (kind in ('webhook', 'push', 'email'));

-- A push endpoint belongs to one browser, whoever uses it; a user has one address.
create unique index webhook_endpoints_push on webhook_endpoints (url) where kind = 'push';
create unique index webhook_endpoints_email on webhook_endpoints (user_id) where kind = 'email';

-- What a push service's subscription encrypts by.
create table push_subscriptions (
    endpoint_id uuid primary key references webhook_endpoints on delete cascade,
    -- The browser's public key: a point of P-256, uncompressed.
    p256dh bytea not null,
    auth bytea not null
);

create table email_addresses (
    endpoint_id uuid primary key references webhook_endpoints on delete cascade,
    address text not null,
    -- Kept as it is: the link is written when it is sent, at every attempt anew.
    confirm_token text not null unique,
    confirm_until timestamptz not null,
    confirmed_at timestamptz,
    unsubscribe_token text not null unique
);

-- Links that were asked for, to count them; forgotten after a day.
create table email_confirmations (
    id uuid primary key,
    user_id text not null,
    address text not null,
    created_at timestamptz not null
);

create index email_confirmations_user on email_confirmations (user_id, created_at);
create index email_confirmations_address on email_confirmations (address, created_at);
create index email_confirmations_created on email_confirmations (created_at);

-- Types of events a user is told of, by each way. No row: all there are.
create table notification_preferences (
    user_id text primary key,
    push_types text[] not null,
    email_types text[] not null,
    updated_at timestamptz not null
);
