package dev.rekindle.credits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Tier;
import dev.rekindle.credits.v1.LedgerEntryType;
import dev.rekindle.platform.rpc.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Storms of Stripe's events: what happened at Stripe is random, and so is what comes of it to us: shuffled, doubled, at
 * once from many sides, with a part lost. When the list was read once, the books are those of what happened.
 */
@Tag("CR-05")
@Tag("CR-04")
class StripeStormFuzzTest {
    private static final List<String> USERS = List.of("anna", "berta", "clara", "dora");
    private static final List<Tier> PLANS = List.of(Tier.TIER_REMEMBER, Tier.TIER_CHERISH, Tier.TIER_FOREVER);
    private static final int ROUNDS = 3;

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);

    /** What happened at Stripe to one user. */
    private static final class Truth {
        final Map<String, Integer> bought = new HashMap<>();
        final Map<String, Long> cents = new HashMap<>();
        final Map<String, Long> refunded = new HashMap<>();
        final List<Refund> refunds = new ArrayList<>();
        String subscription = "";
        Tier tier = Tier.TIER_FREE;
    }

    /** A refund that has not failed. */
    private record Refund(String id, String payment, long cents) {}

    private final Map<String, Truth> truths = new HashMap<>();

    StripeStormFuzzTest() {
        System.out.println("StripeStormFuzzTest -Dseed=" + seed);
        USERS.forEach(user -> truths.put(user, new Truth()));
    }

    private Truth truth(String user) {
        return truths.computeIfAbsent(user, any -> new Truth());
    }

    private <T> T anyOf(List<T> things) {
        return things.get(random.nextInt(things.size()));
    }

    @Test
    void after_any_storm_the_books_are_those_of_what_happened() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            truths.replaceAll((user, old) -> new Truth());
            try (StripeRoom shop = new StripeRoom()) {
                storm(shop, round);
            }
        }
    }

    private void storm(StripeRoom shop, int round) throws Exception {
        int seen = 0;
        for (int wave = 0; wave < 6; wave++) {
            for (int i = 0; i < 8; i++) {
                happen(shop, anyOf(USERS));
                shop.room.clock.advance(Duration.ofSeconds(random.nextInt(3)));
            }
            List<String> all = shop.stripe.events();
            deliver(shop, all.subList(seen, all.size()));
            if (random.nextBoolean()) {
                deliver(shop, all.subList(0, seen));
            }
            seen = all.size();
            shop.room.clock.advance(Duration.ofMinutes(random.nextInt(200)));
            String where = "seed " + seed + " round " + round + " wave " + wave;
            assertThat(shop.room.audit().getFindingsList()).as(where).isEmpty();
        }
        shop.room.clock.advance(Duration.ofHours(12));
        shop.billing.reconcile.run(true);
        shop.billing.reconcile.catchUp();
        prove(shop, "seed " + seed + " round " + round);
    }

    /** Some of the events, in no order, some twice, from four sides at once. */
    private void deliver(StripeRoom shop, List<String> events) throws Exception {
        List<String> storm = new ArrayList<>();
        for (String event : events) {
            int times = random.nextInt(4);
            for (int i = 0; i < times; i++) {
                storm.add(event);
            }
        }
        Collections.shuffle(storm, random);
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<?>> deliveries = new ArrayList<>();
            storm.forEach(event -> deliveries.add(threads.submit(() -> shop.deliver(event))));
            for (Future<?> delivery : deliveries) {
                delivery.get();
            }
        }
    }

    private void happen(StripeRoom shop, String user) {
        Truth truth = truth(user);
        switch (random.nextInt(10)) {
            case 0, 1, 2 -> buy(shop, user, truth);
            case 3 -> {
                if (truth.subscription.isEmpty()) {
                    truth.tier = anyOf(PLANS);
                    truth.subscription = shop.paySubscription(user, truth.tier);
                }
            }
            case 4 -> {
                if (!truth.subscription.isEmpty()) {
                    truth.tier = anyOf(PLANS);
                    shop.stripe.changePlan(truth.subscription, shop.price(truth.tier));
                }
            }
            case 5 -> {
                if (!truth.subscription.isEmpty() && random.nextBoolean()) {
                    shop.stripe.end(truth.subscription);
                    truth.subscription = "";
                    truth.tier = Tier.TIER_FREE;
                }
            }
            case 6 -> refund(shop, truth);
            case 7 -> failRefund(shop, truth);
            case 8 -> {
                if (!truth.subscription.isEmpty()) {
                    shop.stripe.setEnding(truth.subscription, random.nextBoolean());
                }
            }
            default -> spend(shop, user);
        }
    }

    private void buy(StripeRoom shop, String user, Truth truth) {
        Catalogue.TopUp topUp = anyOf(shop.room.catalogue.topUps());
        String payment = shop.payTopUp(user, topUp.id());
        truth.bought.put(payment, topUp.credits());
        truth.cents.put(payment, (long) topUp.cents());
    }

    private void refund(StripeRoom shop, Truth truth) {
        if (truth.bought.isEmpty()) {
            return;
        }
        String payment = anyOf(List.copyOf(truth.bought.keySet()));
        long left = truth.cents.getOrDefault(payment, 0L) - truth.refunded.getOrDefault(payment, 0L);
        if (left > 0) {
            long cents = random.nextBoolean() ? left : 1 + random.nextLong(left);
            truth.refunds.add(new Refund(shop.stripe.refund(payment, cents), payment, cents));
            truth.refunded.merge(payment, cents, Long::sum);
        }
    }

    private void failRefund(StripeRoom shop, Truth truth) {
        if (!truth.refunds.isEmpty()) {
            Refund failing = truth.refunds.remove(random.nextInt(truth.refunds.size()));
            shop.stripe.failRefund(failing.id());
            truth.refunded.merge(failing.payment(), -failing.cents(), Long::sum);
        }
    }

    private static void spend(StripeRoom shop, String user) {
        try {
            shop.room.deduct(user, UUID.randomUUID(), 1, JobType.JOB_TYPE_ANIMATION);
        } catch (Failure poor) {
            assertThat(poor.message()).contains("This costs 8 credits");
        }
    }

    private void prove(StripeRoom shop, String where) {
        assertThat(shop.room.audit().getFindingsList()).as(where).isEmpty();
        int applied = shop.room.database.query(
                sql -> sql.fetchCount(DSL.table("stripe_events"), DSL.condition("applied_at is not null")));
        assertThat(applied)
                .as("%s: every event is kept and applied", where)
                .isEqualTo(shop.stripe.events().size());
        for (String user : USERS) {
            Truth truth = truth(user);
            assertThat(shop.account(user).tier())
                    .as("%s: tier of %s", where, user)
                    .isEqualTo(truth.tier);
            Map<String, Integer> booked = new HashMap<>();
            boolean forfeited = false;
            for (Entry entry : shop.room.entries(user)) {
                forfeited |= entry.type() == LedgerEntryType.LEDGER_ENTRY_TYPE_FORFEIT;
                if (entry.type() == LedgerEntryType.LEDGER_ENTRY_TYPE_PURCHASE) {
                    booked.merge(
                            entry.businessKey().substring(Posting.Purchase.KEY.length()), entry.amount(), Integer::sum);
                }
            }
            assertThat(booked).as("%s: purchases of %s", where, user).isEqualTo(truth.bought);
            if (!forfeited) {
                assertThat(clawed(shop, user))
                        .as("%s: clawed from %s", where, user)
                        .isEqualTo(due(truth));
            }
        }
    }

    /** Credits that came back from a user and did not go there again, or are owed. */
    private static long clawed(StripeRoom shop, String user) {
        long taken = shop.room.entries(user).stream()
                .filter(entry -> entry.type() == LedgerEntryType.LEDGER_ENTRY_TYPE_CLAWBACK
                        || entry.businessKey().startsWith(Posting.Reinstatement.KEY))
                .mapToLong(entry -> -entry.amount())
                .sum();
        return taken + shop.account(user).standing().debt();
    }

    private static long due(Truth truth) {
        return truth.refunded.entrySet().stream()
                .mapToLong(refund -> truth.bought.getOrDefault(refund.getKey(), 0)
                        * refund.getValue()
                        / truth.cents.getOrDefault(refund.getKey(), 1L))
                .sum();
    }
}
