package dev.rekindle.credits;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.Tier;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the service should do, told a second time and as simply as possible: maps, no database, one caller. */
final class BooksModel {

    /** How a call ends: with an entry of this amount after which the balance is that, with nothing, or refused. */
    record Outcome(int amount, int balanceAfter, @Nullable Reason refusal) {
        static final Outcome NOTHING = new Outcome(0, 0, null);

        static Outcome refused(Reason reason) {
            return new Outcome(0, 0, reason);
        }
    }

    private static final class Purse {
        int balance;
        Tier tier = Tier.TIER_FREE;
        LocalDateTime anchor;
        int months;
        int monthGranted;

        Purse(LocalDateTime now) {
            anchor = now;
        }

        Outcome move(int amount) {
            balance += amount;
            return new Outcome(amount, balance, null);
        }
    }

    private record Paid(
            String userId,
            @Nullable JobType type,
            Outcome deduction,
            @Nullable Outcome refund) {}

    private record Adjusted(String userId, int amount, Outcome first) {}

    private final Map<String, Purse> purses = new HashMap<>();
    private final Map<UUID, TreeMap<Integer, Paid>> jobs = new HashMap<>();
    private final Map<String, Adjusted> adjustments = new HashMap<>();
    private LocalDateTime now;

    BooksModel(LocalDateTime now) {
        this.now = now;
    }

    void turnTo(LocalDateTime time) {
        now = time;
    }

    private Purse purse(String userId) {
        Purse purse = purses.computeIfAbsent(userId, id -> new Purse(now));
        while (!now.isBefore(purse.anchor.plusMonths(purse.months))) {
            purse.months++;
            purse.monthGranted = monthly(purse.tier);
            purse.balance += purse.monthGranted;
        }
        return purse;
    }

    private static int monthly(Tier tier) {
        return switch (tier) {
            case TIER_FREE -> 3;
            case TIER_REMEMBER -> 25;
            case TIER_CHERISH -> 60;
            case TIER_FOREVER -> 150;
            case TIER_UNSPECIFIED, UNRECOGNIZED -> throw new IllegalArgumentException(tier.name());
        };
    }

    int balance(String userId) {
        return purse(userId).balance;
    }

    Outcome deduct(String userId, UUID jobId, int charge, JobType type, int price) {
        Purse purse = purse(userId);
        TreeMap<Integer, Paid> charges = jobs.computeIfAbsent(jobId, id -> new TreeMap<>());
        Paid same = charges.get(charge);
        if (same != null) {
            if (!same.userId().equals(userId) || (same.type() != null && same.type() != type)) {
                return Outcome.refused(Reason.REASON_IDEMPOTENCY_CONFLICT);
            }
            return same.refund() == null ? same.deduction() : Outcome.refused(Reason.REASON_STATE_CONFLICT);
        }
        if (!charges.isEmpty() && charges.lastKey() > charge) {
            boolean heldBefore = charges.headMap(charge).values().stream().anyMatch(paid -> paid.refund() == null);
            return Outcome.refused(heldBefore ? Reason.REASON_CONCURRENT_CHANGE : Reason.REASON_STATE_CONFLICT);
        }
        if (charges.values().stream().anyMatch(paid -> paid.refund() == null)) {
            return Outcome.refused(Reason.REASON_CONCURRENT_CHANGE);
        }
        if (purse.balance < price) {
            return Outcome.refused(Reason.REASON_INSUFFICIENT_CREDITS);
        }
        Outcome deduction = purse.move(-price);
        charges.put(charge, new Paid(userId, type, deduction, null));
        return deduction;
    }

    Outcome refund(String userId, UUID jobId, int charge) {
        Purse purse = purse(userId);
        TreeMap<Integer, Paid> charges = jobs.computeIfAbsent(jobId, id -> new TreeMap<>());
        Paid paid = charges.get(charge);
        if (paid == null) {
            charges.put(charge, new Paid(userId, null, Outcome.NOTHING, Outcome.NOTHING));
            return Outcome.NOTHING;
        }
        if (!paid.userId().equals(userId)) {
            return Outcome.refused(Reason.REASON_IDEMPOTENCY_CONFLICT);
        }
        if (paid.refund() != null) {
            return paid.refund();
        }
        Outcome refund = purse.move(-paid.deduction().amount());
        charges.put(charge, new Paid(userId, paid.type(), paid.deduction(), refund));
        return refund;
    }

    Outcome adjust(String userId, int amount, String requestId) {
        Purse purse = purse(userId);
        Adjusted same = adjustments.get(requestId);
        if (same != null) {
            boolean equal = same.userId().equals(userId) && same.amount() == amount;
            return equal ? same.first() : Outcome.refused(Reason.REASON_IDEMPOTENCY_CONFLICT);
        }
        if (purse.balance + amount < 0) {
            return Outcome.refused(Reason.REASON_INSUFFICIENT_CREDITS);
        }
        Outcome first = purse.move(amount);
        adjustments.put(requestId, new Adjusted(userId, amount, first));
        return first;
    }

    /** Answers the balance on the new tier. */
    int setTier(String userId, Tier tier) {
        Purse purse = purse(userId);
        if (purse.tier == tier) {
            return purse.balance;
        }
        if (tier == Tier.TIER_FREE) {
            purse.balance = 0;
        } else if (purse.tier == Tier.TIER_FREE) {
            purse.anchor = now;
            purse.months = 1;
            purse.monthGranted = monthly(tier);
            purse.balance += purse.monthGranted;
        } else {
            int more = Math.max(0, monthly(tier) - purse.monthGranted);
            purse.monthGranted += more;
            purse.balance += more;
        }
        purse.tier = tier;
        return purse.balance;
    }
}
