-- Refunds, each by its own id: one that fails later moved no money, and its credits come again. In payments,
-- refunded_cents is from now on the money of the refunds that stand.

alter table payments
    -- The highest total that was told with a charge; it says nothing of what failed.
    add column refund_total_cents bigint not null default 0 check (refund_total_cents >= 0);

update payments set refund_total_cents = refunded_cents;

create table refunds (
    id text primary key check (length(id) between 1 and 255),
    payment_id text not null references payments,
    cents bigint not null check (cents >= 0),
    -- Failed or cancelled, which is for good.
    failed boolean not null,
    heard_at timestamptz not null
);

create index refunds_of_payment on refunds (payment_id);
