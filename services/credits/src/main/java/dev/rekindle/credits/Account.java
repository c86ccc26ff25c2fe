package dev.rekindle.credits;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.Tier;
import dev.rekindle.platform.rpc.Failure;
import java.time.Instant;
import java.util.UUID;

/**
 * The credits of one user as the database had them.
 *
 * @param balance what may be spent; never below zero
 * @param lastSeq place of the newest ledger entry, 0 where there is none; it grows with every change of the balance
 */
record Account(
        UUID id,
        String userId,
        Tier tier,
        int balance,
        int lastSeq,
        GrantSchedule grants,
        Standing standing,
        Instant createdAt) {

    /** True if a month has begun that must be granted before anything else happens. */
    boolean isDue(Instant now) {
        return !standing.held() && !standing.closed() && grants.isDue(now);
    }

    /**
     * The account, if anything may still be done with it.
     *
     * @throws Failure STATE_CONFLICT if its erasure was ordered
     */
    Account requireOpen() {
        if (standing.closed()) {
            throw Failure.of(
                    Reason.REASON_STATE_CONFLICT,
                    "This account is being erased; nothing can be done with it any more.");
        }
        return this;
    }

    /** The account after an entry. */
    Account after(Entry entry) {
        return new Account(id, userId, tier, entry.balanceAfter(), entry.seq(), grants, standing, createdAt);
    }

    Account withGrants(GrantSchedule newGrants) {
        return new Account(id, userId, tier, balance, lastSeq, newGrants, standing, createdAt);
    }

    Account withTier(Tier newTier) {
        return new Account(id, userId, newTier, balance, lastSeq, grants, standing, createdAt);
    }

    Account withStanding(Standing newStanding) {
        return new Account(id, userId, tier, balance, lastSeq, grants, newStanding, createdAt);
    }
}
