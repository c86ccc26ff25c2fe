-- Disputes, each by its own id: a payment can be disputed more than once, and in parts. In payments, disputed_cents is from
-- now on the money of the disputes that are open or lost.

create table disputes (
    id text primary key check (length(id) between 1 and 255),
    payment_id text not null references payments,
    cents bigint not null check (cents >= 0),
    state text not null check (state in ('OPEN', 'LOST', 'WON')),
    heard_at timestamptz not null
);

create index disputes_of_payment on disputes (payment_id);

-- Of those known so far only the payment was kept; the next word of the dispute takes its place.
insert into disputes (id, payment_id, cents, state, heard_at)
select left('payment:' || id, 255), id, disputed_cents, dispute, heard_at from payments where dispute <> 'NONE';

update payments set disputed_cents = 0 where dispute = 'WON';
