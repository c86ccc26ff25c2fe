package dev.rekindle.credits;

import dev.rekindle.common.v1.Tier;

/**
 * How an account stands with the payment provider.
 *
 * @param subscribed the tier its subscriptions gave it when they were last looked at; an operator may have set another
 * @param held whether months wait because a payment is past due
 * @param closed whether its erasure was ordered: nothing is spent, bought or granted any more
 * @param debt credits that had to be taken back and were spent already; the next that come pay it
 */
record Standing(Tier subscribed, boolean held, boolean closed, int debt) {
    static final Standing NEW = new Standing(Tier.TIER_FREE, false, false, 0);

    Standing withSubscription(Tier tier, boolean nowHeld) {
        return new Standing(tier, nowHeld, closed, debt);
    }

    Standing withDebt(int newDebt) {
        return new Standing(subscribed, held, closed, newDebt);
    }
}
