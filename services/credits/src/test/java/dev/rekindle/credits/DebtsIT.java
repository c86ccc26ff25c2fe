package dev.rekindle.credits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Tier;
import dev.rekindle.credits.v1.LedgerEntryType;
import dev.rekindle.events.v1.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What an account owes since money went back is paid first by whatever brings it credits. */
@Tag("CR-04")
@Tag("CR-05")
class DebtsIT {
    private final StripeRoom shop = new StripeRoom();

    @AfterEach
    void the_books_balance() {
        assertThat(shop.room.audit().getFindingsList()).isEmpty();
        shop.close();
    }

    /** A user who spent 12 of 13 credits on two jobs, of 4 and of 8, and whose 10 bought ones went back: 9 are owed. */
    private void owe(String userId, UUID four, UUID eight) {
        String payment = shop.payTopUp(userId, "top_up_10");
        shop.deliver();
        shop.room.deduct(userId, four, 1, JobType.JOB_TYPE_COMBINED);
        shop.room.deduct(userId, eight, 1, JobType.JOB_TYPE_ANIMATION);
        shop.stripe.refund(payment, 499);
        shop.deliver();
        assertOwes(userId, 9, 0);
    }

    private void owe(String userId) {
        owe(userId, UUID.randomUUID(), UUID.randomUUID());
    }

    private void assertOwes(String userId, int debt, int balance) {
        Account account = shop.account(userId);
        assertThat(account.standing().debt()).as("debt of " + userId).isEqualTo(debt);
        assertThat(account.balance()).as("balance of " + userId).isEqualTo(balance);
        assertThat(AccountView.of(account, shop.room.catalogue).getDebt()).isEqualTo(debt);
    }

    @Test
    void what_a_failed_job_gives_back_pays_the_debt_and_the_job_has_paid_nothing_net() {
        UUID four = UUID.randomUUID();
        UUID eight = UUID.randomUUID();
        owe("anna", four, eight);
        Entry refund = Objects.requireNonNull(shop.room.refund("anna", four, 1).entry());
        assertThat(refund.type()).isEqualTo(LedgerEntryType.LEDGER_ENTRY_TYPE_REFUND);
        assertThat(refund.amount()).isEqualTo(4);
        assertOwes("anna", 5, 0);
        assertThat(shop.room.entries("anna").getLast()).satisfies(paid -> {
            assertThat(paid.type()).isEqualTo(LedgerEntryType.LEDGER_ENTRY_TYPE_CLAWBACK);
            assertThat(paid.amount()).isEqualTo(-4);
            assertThat(paid.reason()).contains("Owed");
        });
        assertThat(shop.room.refund("anna", four, 1).entry()).isEqualTo(refund);
        assertOwes("anna", 5, 0);
        shop.room.refund("anna", eight, 1);
        assertOwes("anna", 0, 3);
        assertThat(shop.room.events("anna"))
                .extracting(Event::getId)
                .containsExactlyElementsOf(shop.room.entries("anna").stream()
                        .map(entry -> entry.id().toString())
                        .toList());
        shop.room.deduct("anna", four, 2, JobType.JOB_TYPE_IMAGE);
        assertOwes("anna", 0, 2);
    }

    @Test
    void what_failed_jobs_give_back_together_pays_the_debt_first() {
        UUID four = UUID.randomUUID();
        UUID eight = UUID.randomUUID();
        owe("anna", four, eight);
        List<JobPayments.Return> both = List.of(
                new JobPayments.Return("anna", four, 1, "It failed.", "jobs"),
                new JobPayments.Return("anna", eight, 1, "It failed.", "jobs"));
        for (int times = 0; times < 2; times++) {
            assertThat(shop.room.payments.refundAll(both).outcomes())
                    .extracting(JobPayments.Outcome::credits)
                    .containsExactly(4, 8);
            assertOwes("anna", 0, 3);
        }
    }

    @Test
    void a_gift_a_month_a_purchase_a_tier_and_money_that_came_again_pay_it_alike() {
        owe("gift");
        shop.room.give("gift", 4);
        assertOwes("gift", 5, 0);
        shop.room.give("gift", 7);
        assertOwes("gift", 0, 2);
        owe("purchase");
        shop.payTopUp("purchase", "top_up_10");
        shop.deliver();
        assertOwes("purchase", 0, 1);
        owe("tier");
        shop.room.tier("tier", Tier.TIER_REMEMBER);
        assertOwes("tier", 0, 16);
        owe("month");
        shop.room.clock.advance(Duration.ofDays(28));
        assertOwes("month", 6, 0);
        String dispute = shop.stripe.dispute(shop.payTopUp("money", "top_up_10"));
        shop.deliver();
        owe("money");
        shop.stripe.closeDispute(dispute, true);
        shop.deliver();
        assertOwes("money", 0, 1);
    }

    @Test
    void in_whatever_order_money_goes_back_and_jobs_do_the_debt_is_paid_to_the_last_credit() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("DebtsIT -Dseed=" + seed);
        Random random = new Random(seed);
        String payment = shop.payTopUp("anna", "top_up_100");
        shop.deliver();
        List<Runnable> calls = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            UUID job = new UUID(4, i);
            shop.room.deduct("anna", job, 1, JobType.JOB_TYPE_RESTORATION);
            for (int times = 1 + random.nextInt(2); times > 0; times--) {
                calls.add(() -> shop.room.refund("anna", job, 1));
            }
        }
        int before = shop.stripe.events().size();
        for (int i = 0; i < 4; i++) {
            shop.stripe.refund(payment, i < 3 ? 1000 : 999);
        }
        List<String> events = shop.stripe.events();
        events.subList(before, events.size()).forEach(event -> calls.add(() -> shop.deliver(event)));
        Collections.shuffle(calls, random);
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (Future<?> call : calls.stream().map(threads::submit).toList()) {
                call.get();
            }
        }
        shop.room.clock.advance(Duration.ofMinutes(1));
        shop.billing.reconcile.catchUp();
        assertOwes("anna", 0, 3);
    }
}
