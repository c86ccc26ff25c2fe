package dev.rekindle.credits;

import static dev.rekindle.credits.CreditsRoom.failureOf;
import static dev.rekindle.credits.CreditsRoom.reasonOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.Tier;
import dev.rekindle.credits.v1.BillingInterval;
import dev.rekindle.credits.v1.LedgerEntryType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("CR-05")
@Tag("CR-03")
@Tag("CR-02")
class StripeBillingIT {
    private final StripeRoom shop = new StripeRoom();

    @AfterEach
    void the_books_balance() {
        assertThat(shop.room.audit().getFindingsList()).isEmpty();
        shop.close();
    }

    private void spend(String userId, int jobs) {
        for (int i = 0; i < jobs; i++) {
            shop.room.deduct(userId, UUID.randomUUID(), 1, JobType.JOB_TYPE_IMAGE);
        }
    }

    @Test
    void a_top_up_that_is_paid_gives_its_credits_once_however_many_events_tell_of_it() {
        shop.payTopUp("anna", "top_up_10");
        shop.deliver();
        assertThat(shop.balance("anna")).isEqualTo(13);
        shop.stripe.events().forEach(shop::deliver);
        assertThat(shop.balance("anna")).isEqualTo(13);
        assertThat(shop.room.entries("anna").getLast()).satisfies(entry -> {
            assertThat(entry.type()).isEqualTo(LedgerEntryType.LEDGER_ENTRY_TYPE_PURCHASE);
            assertThat(entry.cause()).isEqualTo("stripe");
        });
        shop.payTopUp("anna", "top_up_100");
        shop.payTopUp("anna", "top_up_30");
        shop.deliver();
        assertThat(shop.balance("anna")).isEqualTo(143);
    }

    @Test
    void any_one_of_the_events_about_a_payment_is_enough() {
        for (String type : List.of("checkout.session.completed", "payment_intent.succeeded")) {
            String user = "user-of-" + type;
            int before = shop.stripe.events().size();
            shop.payTopUp(user, "top_up_10");
            List<String> all = shop.stripe.events();
            all.subList(before, all.size()).stream()
                    .filter(event -> event.contains("\"type\":\"" + type + "\""))
                    .forEach(shop::deliver);
            assertThat(shop.balance(user)).as(type).isEqualTo(13);
        }
    }

    @Test
    void an_event_without_a_good_fresh_signature_is_refused_and_leaves_nothing() {
        shop.payTopUp("anna", "top_up_10");
        String event = shop.stripe.events().getLast();
        String signature = shop.stripe.signature(event);
        byte[] payload = event.getBytes(StandardCharsets.UTF_8);
        byte[] other = event.replace("top_up", "top-up").concat(" ").getBytes(StandardCharsets.UTF_8);
        for (String bad : List.of("", "t", "t=x,v1=00", "t=1,v1=00", "=,=", signature.replace("v1=", "v0="))) {
            assertThat(reasonOf(() -> shop.billing.events.receive(payload, bad, id -> {})))
                    .isEqualTo(Reason.REASON_UNAUTHENTICATED);
        }
        assertThat(reasonOf(() -> shop.billing.events.receive(other, signature, id -> {})))
                .isEqualTo(Reason.REASON_UNAUTHENTICATED);
        shop.room.clock.advance(Duration.ofSeconds(301));
        assertThat(reasonOf(() -> shop.billing.events.receive(payload, signature, id -> {})))
                .isEqualTo(Reason.REASON_UNAUTHENTICATED);
        assertThat(shop.balance("anna")).isEqualTo(3);
        shop.deliver(event);
        assertThat(shop.balance("anna")).isEqualTo(13);
    }

    @Test
    void what_is_no_event_is_refused_and_what_concerns_nobody_here_is_kept_and_moves_nothing() {
        assertThat(failureOf(() -> shop.deliver("[1]")).reason()).isEqualTo(Reason.REASON_INVALID_REQUEST);
        assertThat(failureOf(() -> shop.deliver("{}")).message()).contains("id, type, created and data.object");
        String odd = "{\"id\":\"evt_%s\",\"type\":\"a.b\",\"created\":%s,\"data\":{\"object\":{}}}";
        for (String created : List.of("9223372036854775807", "-9223372036854775808", "253402300800", "-1")) {
            assertThat(failureOf(() -> shop.deliver(odd.formatted("1", created)))
                            .violations()
                            .getFirst()
                            .field())
                    .isEqualTo("payload.created");
        }
        assertThat(failureOf(() -> shop.deliver(odd.formatted("\\u0000", "1"))).message())
                .contains("id, type, created and data.object");
        shop.payTopUp("anna", "top_up_10");
        String event = shop.stripe.events().getLast();
        shop.deliver(event.replace("\"livemode\":false", "\"livemode\":true").replace("evt_", "evt_live"));
        assertThat(shop.balance("anna")).isEqualTo(3);
        shop.deliver("{\"id\":\"evt_1\",\"object\":\"event\",\"type\":\"customer.subscription.updated\",\"created\":1,"
                + "\"data\":{\"object\":{\"object\":\"subscription\",\"id\":\"sub_1\",\"customer\":\"cus_nobody\"}}}");
        shop.deliver("{\"id\":\"evt_2\",\"object\":\"event\",\"type\":\"invented.yesterday\",\"created\":1,"
                + "\"data\":{\"object\":{\"object\":\"invented\",\"id\":\"x\"}}}");
        int kept = shop.room.database.query(sql -> sql.fetchCount(DSL.table("stripe_events")));
        assertThat(kept).isEqualTo(3);
    }

    @Test
    void a_plan_begins_with_its_credits_and_renews_without_giving_a_month_twice() {
        String subscription = shop.paySubscription("anna", Tier.TIER_REMEMBER);
        shop.deliver();
        assertThat(shop.account("anna").tier()).isEqualTo(Tier.TIER_REMEMBER);
        assertThat(shop.balance("anna")).isEqualTo(28);
        shop.room.clock.advance(Duration.ofDays(28));
        assertThat(shop.balance("anna")).isEqualTo(53);
        shop.stripe.renew(subscription, true);
        shop.deliver();
        assertThat(shop.balance("anna")).isEqualTo(53);
    }

    @Test
    void a_dearer_plan_adds_what_its_month_has_more_and_a_cheaper_one_takes_nothing() {
        String subscription = shop.paySubscription("anna", Tier.TIER_REMEMBER);
        shop.deliver();
        shop.room.clock.advance(Duration.ofDays(3));
        shop.stripe.changePlan(subscription, shop.price(Tier.TIER_FOREVER));
        shop.deliver();
        assertThat(shop.balance("anna")).isEqualTo(153);
        shop.room.clock.advance(Duration.ofDays(3));
        shop.stripe.changePlan(subscription, shop.price(Tier.TIER_REMEMBER));
        shop.deliver();
        assertThat(shop.account("anna").tier()).isEqualTo(Tier.TIER_REMEMBER);
        assertThat(shop.balance("anna")).isEqualTo(153);
    }

    @Test
    void who_has_a_plan_confirms_another_on_the_page_of_the_provider() {
        shop.paySubscription("anna", Tier.TIER_REMEMBER);
        shop.deliver();
        Account anna = shop.account("anna");
        StripeFact.Subscribed running = shop.billing.subscriptions.running(anna).orElseThrow();
        var same = new OpenCheckout.Item.Plan(
                shop.room.catalogue.plan(Tier.TIER_REMEMBER), BillingInterval.BILLING_INTERVAL_MONTH);
        assertThat(reasonOf(() -> shop.billing.checkout.changePlan(anna, running, same, "")))
                .isEqualTo(Reason.REASON_STATE_CONFLICT);
        var annual = new OpenCheckout.Item.Plan(
                shop.room.catalogue.plan(Tier.TIER_CHERISH), BillingInterval.BILLING_INTERVAL_YEAR);
        assertThat(shop.billing.checkout.changePlan(anna, running, annual, "").url())
                .startsWith(shop.stripe.endpoint() + "/portal/");
        assertThat(shop.billing.checkout.portal(anna, "/credits")).startsWith(shop.stripe.endpoint() + "/portal/");
    }

    @Test
    void months_wait_while_a_payment_is_past_due_and_come_when_it_is_made() {
        String subscription = shop.paySubscription("anna", Tier.TIER_CHERISH);
        shop.deliver();
        shop.room.clock.advance(Duration.ofDays(27).plusHours(23));
        shop.stripe.renew(subscription, false);
        shop.deliver();
        shop.room.clock.advance(Duration.ofDays(3));
        assertThat(shop.balance("anna")).isEqualTo(63);
        assertThat(shop.account("anna").tier()).isEqualTo(Tier.TIER_CHERISH);
        shop.stripe.recover(subscription);
        shop.deliver();
        assertThat(shop.balance("anna")).isEqualTo(123);
    }

    @Test
    void a_subscription_ends_with_its_period_and_takes_all_credits_as_its_user_was_told() {
        String subscription = shop.paySubscription("anna", Tier.TIER_REMEMBER);
        shop.payTopUp("anna", "top_up_10");
        shop.deliver();
        Account anna = shop.account("anna");
        StripeFact.Subscribed ending = shop.billing.subscriptions.cancel(anna);
        assertThat(ending.ending()).isTrue();
        assertThat(shop.billing.subscriptions.cancel(anna)).isEqualTo(ending);
        shop.deliver();
        assertThat(shop.balance("anna")).isEqualTo(38);
        shop.room.clock.advance(Duration.ofDays(27));
        shop.stripe.renew(subscription, true);
        shop.deliver();
        assertThat(shop.account("anna").tier()).isEqualTo(Tier.TIER_FREE);
        assertThat(shop.balance("anna")).isZero();
        assertThat(reasonOf(() -> shop.billing.subscriptions.cancel(shop.account("anna"))))
                .isEqualTo(Reason.REASON_STATE_CONFLICT);
    }

    @Test
    void an_end_stays_an_end_when_older_news_come_after_it() {
        String subscription = shop.paySubscription("anna", Tier.TIER_REMEMBER);
        shop.stripe.end(subscription);
        shop.stripe.events().reversed().forEach(shop::deliver);
        shop.billing.reconcile.catchUp();
        assertThat(shop.account("anna").tier()).isEqualTo(Tier.TIER_FREE);
        assertThat(shop.balance("anna")).isEqualTo(3);
    }

    @Test
    void refunded_money_takes_its_credits_back_in_proportion_and_never_twice() {
        String payment = shop.payTopUp("anna", "top_up_100");
        shop.deliver();
        shop.stripe.refund(payment, 2000);
        shop.deliver();
        assertThat(shop.balance("anna")).isEqualTo(103 - 50);
        shop.stripe.refund(payment, 1999);
        shop.deliver();
        shop.stripe.events().forEach(shop::deliver);
        assertThat(shop.balance("anna")).isEqualTo(3);
        assertThat(shop.account("anna").standing().debt()).isZero();
    }

    @Test
    void credits_that_were_spent_before_their_money_went_back_are_owed_and_paid_by_the_next_that_come() {
        String payment = shop.payTopUp("anna", "top_up_10");
        shop.deliver();
        spend("anna", 9);
        shop.stripe.refund(payment, 499);
        shop.deliver();
        assertThat(shop.balance("anna")).isZero();
        assertThat(shop.account("anna").standing().debt()).isEqualTo(6);
        shop.payTopUp("anna", "top_up_30");
        shop.deliver();
        assertThat(shop.balance("anna")).isEqualTo(24);
        assertThat(shop.account("anna").standing().debt()).isZero();
    }

    @Test
    void a_refund_that_is_heard_of_before_its_payment_takes_nothing_until_then_and_all_of_it_after() {
        String payment = shop.payTopUp("anna", "top_up_10");
        shop.stripe.refund(payment, 499);
        shop.stripe.events().reversed().forEach(shop::deliver);
        assertThat(shop.balance("anna")).isEqualTo(3);
        assertThat(shop.account("anna").standing().debt()).isZero();
    }

    @Test
    void a_dispute_takes_the_credits_and_a_won_one_gives_them_again() {
        String payment = shop.payTopUp("anna", "top_up_10");
        shop.deliver();
        spend("anna", 5);
        String dispute = shop.stripe.dispute(payment);
        shop.deliver();
        assertThat(shop.balance("anna")).isZero();
        assertThat(shop.account("anna").standing().debt()).isEqualTo(2);
        shop.stripe.closeDispute(dispute, true);
        shop.deliver();
        assertThat(shop.balance("anna")).isEqualTo(8);
        assertThat(shop.account("anna").standing().debt()).isZero();
        String lost = shop.stripe.dispute(shop.payTopUp("berta", "top_up_10"));
        shop.stripe.closeDispute(lost, false);
        shop.stripe.events().reversed().forEach(shop::deliver);
        assertThat(shop.balance("berta")).isEqualTo(3);
    }

    @Test
    void each_dispute_of_a_payment_counts_for_itself() {
        String payment = shop.payTopUp("anna", "top_up_30");
        shop.deliver();
        assertThat(shop.balance("anna")).isEqualTo(33);
        shop.stripe.closeDispute(shop.stripe.dispute(payment), true);
        shop.deliver();
        assertThat(shop.balance("anna")).isEqualTo(33);
        String second = shop.stripe.dispute(payment);
        shop.deliver();
        assertThat(shop.balance("anna")).isEqualTo(3);
        shop.stripe.closeDispute(second, false);
        List<String> events = shop.stripe.events();
        events.reversed().forEach(shop::deliver);
        events.forEach(shop::deliver);
        assertThat(shop.balance("anna")).isEqualTo(3);
    }

    @Test
    void amounts_that_cannot_be_move_nothing() {
        shop.payTopUp("anna", "top_up_10");
        for (String cents : List.of("9223372036854775807", "-5")) {
            for (String event : List.copyOf(shop.stripe.events())) {
                shop.deliver(event.replace("\"amount_received\":499", "\"amount_received\":" + cents)
                        .replace("\"amount_total\":499", "\"amount_total\":" + cents)
                        .replace("\"id\":\"evt_", "\"id\":\"evt_odd" + cents.length()));
            }
        }
        assertThat(shop.balance("anna")).isEqualTo(3);
        shop.deliver();
        assertThat(shop.balance("anna")).isEqualTo(13);
    }

    @Test
    void a_refunded_month_takes_the_credits_of_that_month_back() {
        shop.paySubscription("anna", Tier.TIER_REMEMBER);
        shop.deliver();
        shop.stripe.refund(shop.stripe.ids("payment_intent").getLast(), 799);
        shop.deliver();
        assertThat(shop.balance("anna")).isEqualTo(3);
    }

    @Test
    void a_tier_an_operator_set_stays_until_a_subscription_says_something_new() {
        shop.room.tier("anna", Tier.TIER_FOREVER);
        shop.payTopUp("anna", "top_up_10");
        shop.deliver();
        assertThat(shop.account("anna").tier()).isEqualTo(Tier.TIER_FOREVER);
        assertThat(shop.balance("anna")).isEqualTo(163);
    }

    @Test
    void what_never_came_is_found_in_the_list_of_the_provider() {
        shop.payTopUp("anna", "top_up_10");
        String subscription = shop.paySubscription("berta", Tier.TIER_REMEMBER);
        shop.billing.reconcile.run(true);
        assertThat(shop.balance("anna")).isEqualTo(13);
        assertThat(shop.account("berta").tier()).isEqualTo(Tier.TIER_REMEMBER);
        shop.stripe.end(subscription);
        shop.billing.reconcile.run(false);
        assertThat(shop.account("berta").tier()).isEqualTo(Tier.TIER_FREE);
    }
}
