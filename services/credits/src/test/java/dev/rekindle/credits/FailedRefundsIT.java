package dev.rekindle.credits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Tier;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Refunds that the bank sends back: their credits come again, once, however it is told. */
@Tag("CR-05")
class FailedRefundsIT {
    private final StripeRoom shop = new StripeRoom();

    @AfterEach
    void the_books_balance() {
        assertThat(shop.room.audit().getFindingsList()).isEmpty();
        shop.close();
    }

    private void assertStands(String userId, int balance, int debt) {
        assertThat(shop.balance(userId)).as("balance of " + userId).isEqualTo(balance);
        assertThat(shop.account(userId).standing().debt())
                .as("debt of " + userId)
                .isEqualTo(debt);
    }

    private List<String> eventsSince(int before) {
        List<String> all = shop.stripe.events();
        return all.subList(before, all.size());
    }

    @Test
    void a_refund_that_fails_gives_its_credits_again_and_the_next_takes_them_anew() {
        String payment = shop.payTopUp("anna", "top_up_10");
        shop.deliver();
        String refund = shop.stripe.refund(payment, 499);
        shop.deliver();
        assertStands("anna", 3, 0);
        shop.stripe.failRefund(refund);
        shop.deliver();
        assertStands("anna", 13, 0);
        shop.stripe.events().forEach(shop::deliver);
        assertStands("anna", 13, 0);
        assertThat(shop.room.entries("anna").getLast()).satisfies(entry -> {
            assertThat(entry.amount()).isEqualTo(10);
            assertThat(entry.reason()).isEqualTo("The payment stands again");
        });
        shop.stripe.refund(payment, 499);
        shop.deliver();
        assertStands("anna", 3, 0);
    }

    @Test
    void what_was_spent_meanwhile_is_owed_no_more() {
        String payment = shop.payTopUp("anna", "top_up_10");
        shop.deliver();
        shop.room.deduct("anna", UUID.randomUUID(), 1, JobType.JOB_TYPE_ANIMATION);
        String refund = shop.stripe.refund(payment, 499);
        shop.deliver();
        assertStands("anna", 0, 5);
        shop.stripe.failRefund(refund);
        shop.deliver();
        assertStands("anna", 5, 0);
    }

    @Test
    void of_several_refunds_only_the_one_that_failed_comes_back() {
        String payment = shop.payTopUp("anna", "top_up_100");
        String half = shop.stripe.refund(payment, 2000);
        shop.stripe.refund(payment, 1000);
        shop.deliver();
        assertStands("anna", 103 - 75, 0);
        shop.stripe.failRefund(half);
        shop.deliver();
        assertStands("anna", 103 - 25, 0);
    }

    @Test
    void a_month_of_a_plan_comes_back_with_its_refund() {
        shop.paySubscription("anna", Tier.TIER_REMEMBER);
        shop.deliver();
        String refund = shop.stripe.refund(shop.stripe.ids("payment_intent").getLast(), 799);
        shop.deliver();
        assertStands("anna", 3, 0);
        shop.stripe.failRefund(refund);
        shop.deliver();
        assertStands("anna", 28, 0);
    }

    @Test
    void any_one_of_the_events_that_tell_of_the_failure_is_enough() {
        for (String type : List.of("refund.failed", "refund.updated", "charge.refund.updated")) {
            String user = "user-of-" + type;
            String payment = shop.payTopUp(user, "top_up_10");
            String refund = shop.stripe.refund(payment, 499);
            shop.deliver();
            int before = shop.stripe.events().size();
            shop.stripe.failRefund(refund);
            eventsSince(before).stream()
                    .filter(event -> event.contains("\"type\":\"" + type + "\""))
                    .forEach(shop::deliver);
            assertStands(user, 13, 0);
        }
    }

    @Test
    void a_cancelled_refund_counts_as_one_that_failed_and_one_on_its_way_as_gone() {
        String payment = shop.payTopUp("anna", "top_up_10");
        shop.deliver();
        int before = shop.stripe.events().size();
        shop.stripe.refund(payment, 499);
        String created = eventsSince(before).getFirst();
        shop.deliver(created.replace("\"status\":\"succeeded\"", "\"status\":\"pending\""));
        assertStands("anna", 3, 0);
        shop.deliver(created.replace("evt_", "evt_later")
                .replace("refund.created", "refund.updated")
                .replace("\"status\":\"succeeded\"", "\"status\":\"canceled\""));
        assertStands("anna", 13, 0);
    }

    @Test
    void in_any_order_the_books_are_those_of_what_happened() {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("FailedRefundsIT -Dseed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 12; round++) {
            String user = "user-" + round;
            int before = shop.stripe.events().size();
            String payment = shop.payTopUp(user, "top_up_100");
            shop.stripe.failRefund(shop.stripe.refund(payment, 2000));
            shop.stripe.refund(payment, 1000);
            shop.stripe.failRefund(shop.stripe.refund(payment, 2999));
            List<String> storm = new ArrayList<>(eventsSince(before));
            storm.addAll(eventsSince(before));
            Collections.shuffle(storm, random);
            storm.forEach(shop::deliver);
            assertThat(shop.balance(user)).as("seed %d round %d", seed, round).isEqualTo(103 - 25);
        }
    }

    @Test
    void what_was_never_told_is_found_in_the_list_of_the_provider() {
        String payment = shop.payTopUp("anna", "top_up_10");
        String refund = shop.stripe.refund(payment, 499);
        shop.deliver();
        shop.stripe.failRefund(refund);
        shop.billing.reconcile.run(false);
        assertStands("anna", 13, 0);
        shop.billing.reconcile.run(true);
        assertStands("anna", 13, 0);
    }
}
