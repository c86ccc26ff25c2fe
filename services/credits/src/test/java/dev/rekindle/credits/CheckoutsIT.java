package dev.rekindle.credits;

import static dev.rekindle.credits.CreditsRoom.reasonOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.Tier;
import dev.rekindle.credits.v1.BillingInterval;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Pages to pay on: one a request, of plans only the last, and none of an account that is erased. */
@Tag("CR-05")
class CheckoutsIT {
    private final StripeRoom shop = new StripeRoom();

    @AfterEach
    void the_books_balance() {
        assertThat(shop.room.audit().getFindingsList()).isEmpty();
        shop.close();
    }

    @Test
    void the_same_request_opens_one_checkout_and_another_item_is_refused() {
        OpenCheckout.Opened first = shop.openTopUp("anna", "top_up_10", "r-1");
        assertThat(shop.openTopUp("anna", "top_up_10", "r-1")).isEqualTo(first);
        assertThat(reasonOf(() -> shop.openTopUp("anna", "top_up_30", "r-1")))
                .isEqualTo(Reason.REASON_IDEMPOTENCY_CONFLICT);
        assertThat(shop.openTopUp("berta", "top_up_30", "r-1").url()).isNotEqualTo(first.url());
        assertThat(shop.stripe.ids("customer")).hasSize(2);
        shop.room.clock.advance(Duration.ofHours(25));
        assertThat(reasonOf(() -> shop.openTopUp("anna", "top_up_10", "r-1")))
                .as("its page has ended")
                .isEqualTo(Reason.REASON_STATE_CONFLICT);
    }

    @Test
    void the_same_request_at_once_from_many_opens_one_checkout() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<OpenCheckout.Opened>> calls =
                    Collections.nCopies(20, () -> shop.openTopUp("anna", "top_up_10", "at-once"));
            assertThat(threads.invokeAll(calls))
                    .extracting(opened -> opened.get().url())
                    .hasSize(20)
                    .containsOnly(shop.openTopUp("anna", "top_up_10", "at-once").url());
        }
    }

    private OpenCheckout.Opened openPlan(String user, Tier tier) {
        return shop.billing.checkout.run(
                shop.room.open.run(user),
                new OpenCheckout.Item.Plan(shop.room.catalogue.plan(tier), BillingInterval.BILLING_INTERVAL_MONTH),
                "/credits",
                UUID.randomUUID().toString());
    }

    @Test
    void of_two_plans_opened_side_by_side_only_the_later_can_be_paid() {
        OpenCheckout.Opened first = openPlan("anna", Tier.TIER_REMEMBER);
        OpenCheckout.Opened topUp = shop.openTopUp("anna", "top_up_10", "beside");
        OpenCheckout.Opened second = openPlan("anna", Tier.TIER_CHERISH);
        shop.stripe.pay(first.url());
        assertThat(shop.stripe.ids("subscription")).isEmpty();
        shop.stripe.pay(second.url());
        shop.stripe.pay(topUp.url());
        shop.deliver();
        assertThat(shop.stripe.ids("subscription")).hasSize(1);
        assertThat(shop.account("anna").tier()).isEqualTo(Tier.TIER_CHERISH);
        assertThat(shop.balance("anna")).isEqualTo(3 + 60 + 10);
    }

    @Test
    void where_two_subscriptions_run_all_the_same_both_are_ended() {
        shop.stripe.pay(openPlan("anna", Tier.TIER_REMEMBER).url());
        shop.stripe.pay(openPlan("anna", Tier.TIER_CHERISH).url()); // before anything was heard of the first
        shop.deliver();
        assertThat(shop.stripe.ids("subscription")).hasSize(2);
        assertThat(shop.billing.subscriptions.cancel(shop.account("anna")).ending())
                .isTrue();
        List<StripeFact.Subscribed> all = shop.room.database.query(sql ->
                new SubscriptionStore().ofAccount(sql, shop.account("anna").id()));
        assertThat(all).hasSize(2).allMatch(StripeFact.Subscribed::ending);
    }

    @Test
    void what_was_open_when_an_account_was_erased_can_be_paid_no_more() {
        OpenCheckout.Opened topUp = shop.openTopUp("anna", "top_up_100", "late");
        OpenCheckout.Opened plan = openPlan("anna", Tier.TIER_REMEMBER);
        shop.billing.erase().run(shop.account("anna").id());
        shop.stripe.pay(topUp.url());
        shop.stripe.pay(plan.url());
        assertThat(shop.stripe.ids("payment_intent")).isEmpty();
        assertThat(shop.stripe.ids("subscription")).isEmpty();
    }
}
