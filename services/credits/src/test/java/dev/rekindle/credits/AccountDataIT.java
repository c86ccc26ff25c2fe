package dev.rekindle.credits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.Tier;
import dev.rekindle.credits.tables.tables.records.DataOrdersRecord;
import dev.rekindle.platform.config.Settings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Archives and erasures, step by step on a real database, with jobs and events as fakes and a stand-in for Stripe. */
@Tag("PHO-12")
@Tag("WEB-04")
class AccountDataIT {
    private StripeRoom stripe;
    private CreditsRoom room;
    private DataPeersOfTest peers;
    private AccountData data;
    private ApiKeys keys;

    @BeforeEach
    void start() {
        stripe = new StripeRoom();
        room = stripe.room;
        peers = new DataPeersOfTest();
        data = new AccountData(
                config(),
                new AccountData.Books(
                        room.database,
                        room.accounts,
                        room.ledger,
                        room.open,
                        room.outbox,
                        Optional.of(stripe.billing.erase())),
                peers.peers(),
                room.ids,
                room.clock);
        keys = new ApiKeys(room.database, room.accounts, new ApiKeyStore(), config().apiKeys(), room.ids, room.clock);
    }

    @AfterEach
    void stop() {
        peers.close();
        stripe.close();
    }

    private static CreditsConfig config() {
        return CreditsConfig.from(Settings.of(Map.of(
                "database.url",
                "jdbc:postgresql://127.0.0.1/rekindle",
                "services.jobs",
                "dns:///jobs:7001",
                "services.events",
                "dns:///events:7004")));
    }

    /** What the relay does: events are delivered. */
    private void deliverEvents() {
        room.database.query(sql -> sql.deleteFrom(DSL.table("outbox")).execute());
    }

    /** Does what is due, as often as it becomes so. */
    private void work() throws InterruptedException {
        for (int i = 0; i < 60; i++) {
            deliverEvents();
            while (data.eraseAccounts.run() || data.makeExports.run()) {
                deliverEvents();
            }
            room.clock.advance(Duration.ofSeconds(2));
        }
    }

    /** Makes a key; answers its secret. */
    private String key(String user) {
        ApiKeys.Made made = keys.create(
                room.open.run(user),
                new ApiKeys.Wish("partner", List.of("jobs:read"), null, new ApiKeyStore.Origin("", "")));
        return Objects.requireNonNull(made.secret()).text();
    }

    /** Of an account that may have another name by now. */
    private int balance(Account account) {
        return room.database.query(sql -> room.accounts.get(sql, account.id())).balance();
    }

    private int count(String table, String condition) {
        return room.database.query(sql -> sql.fetchCount(DSL.table(table), DSL.condition(condition)));
    }

    @Test
    void an_archive_has_all_that_is_here_and_no_secret() throws Exception {
        stripe.payTopUp("ida", room.catalogue.topUps().getFirst().id());
        stripe.deliver();
        String key = key("ida");
        room.give("jon", 5);

        DataOrdersRecord order = data.exports.run(room.open.run("ida"), "r1");
        assertThat(data.exports.run(room.open.run("ida"), "r2").getId())
                .as("one at a time")
                .isEqualTo(order.getId());
        work();

        Map<String, String> archive =
                Objects.requireNonNull(peers.archives.get(order.getId().toString()));
        assertThat(archive.keySet())
                .containsExactly(
                        "account.json",
                        "ledger.json",
                        "api_keys.json",
                        "subscriptions.json",
                        "payments.json",
                        "events.json",
                        "notifications.json");
        assertThat(archive.get("account.json")).contains("\"userId\": \"ida\"");
        assertThat(archive.get("ledger.json"))
                .contains("PURCHASE")
                .startsWith("[")
                .endsWith("]\n");
        assertThat(archive.get("payments.json")).contains("TOP_UP");
        assertThat(archive.get("events.json")).contains("event-of-ida");
        assertThat(archive.get("notifications.json"))
                .contains("ida@example.com")
                .contains("push.example.com");
        assertThat(archive.get("api_keys.json")).contains("partner");
        assertThat(archive.toString()).doesNotContain(key).doesNotContain("jon");
        assertThat(data.exports.run(room.open.run("ida"), "r1").getState()).isEqualTo("DONE");
        assertThat(data.exports.run(room.open.run("ida"), "").getState()).isEqualTo("DONE");
        assertThat(data.exports.run(room.open.run("ida"), "r3").getState()).isEqualTo("RUNNING");
    }

    @Test
    void an_archive_that_is_too_large_says_so_and_one_whose_answer_is_lost_is_made_again() throws Exception {
        peers.setTooLarge(true);
        data.exports.run(room.open.run("karl"), "r1");
        work();
        assertThat(CreditsRoom.reasonOf(() -> data.exports.run(room.open.run("karl"), "r1")))
                .isEqualTo(Reason.REASON_TOO_LARGE);
        peers.setTooLarge(false);
        peers.loseAnswerTo("write");
        data.exports.run(room.open.run("karl"), "r2");
        work();
        assertThat(peers.asked).containsExactly("write", "write");
        assertThat(data.exports.run(room.open.run("karl"), "r2").getState()).isEqualTo("DONE");
    }

    @Test
    void an_erased_user_is_nowhere_and_the_books_balance() throws Exception {
        stripe.paySubscription("lena", Tier.TIER_REMEMBER);
        stripe.deliver();
        String key = key("lena");
        UUID job = UUID.randomUUID();
        room.deduct("lena", job, 1, JobType.JOB_TYPE_RESTORATION);
        Account account = room.open.run("lena");

        assertThat(data.erasures.run("lena")).isEqualTo(DataOrderStore.State.RUNNING);
        assertThat(data.erasures.run("lena")).as("joins").isEqualTo(DataOrderStore.State.RUNNING);
        assertThat(CreditsRoom.reasonOf(() -> keys.verify(key))).isEqualTo(Reason.REASON_UNAUTHENTICATED);
        assertThat(CreditsRoom.reasonOf(() -> room.deduct("lena", UUID.randomUUID(), 1, JobType.JOB_TYPE_RESTORATION)))
                .isEqualTo(Reason.REASON_STATE_CONFLICT);
        assertThat(CreditsRoom.reasonOf(() -> room.open.requireOpen("lena"))).isEqualTo(Reason.REASON_STATE_CONFLICT);
        assertThat(CreditsRoom.reasonOf(() -> key("lena"))).isEqualTo(Reason.REASON_STATE_CONFLICT);
        room.refund("lena", job, 1);
        work();
        stripe.deliver();
        work();

        assertThat(data.erasures.run("lena")).isEqualTo(DataOrderStore.State.DONE);
        assertThat(peers.asked).containsExactly("jobs lena", "events lena", "admit lena");
        assertThat(count("accounts", "user_id = 'lena'")).isZero();
        assertThat(count("data_orders", "user_id is not null")).isZero();
        assertThat(count("api_keys", "true")).isZero();
        assertThat(count("accounts", "user_id like 'erased-%' and id = '" + account.id() + "'"))
                .isEqualTo(1);
        assertThat(stripe.billing.subscriptions.running(account)).isEmpty();
        assertThat(count("ledger", "account_id = '" + account.id() + "'")).isPositive();
        assertThat(room.audit().getFindingsList()).isEmpty();
    }

    @Test
    void what_is_paid_while_an_erasure_runs_goes_back() throws Exception {
        Account account = room.open.run("mona");
        String page = stripe.openTopUp(
                        "mona", room.catalogue.topUps().getFirst().id(), "")
                .url();
        data.erasures.run("mona");
        stripe.stripe.pay(page);
        work();
        stripe.deliver();
        assertThat(balance(account)).as("booked like any other").isGreaterThan(account.balance());

        stripe.billing.undoAfterErasure.run();
        stripe.billing.undoAfterErasure.run();
        assertThat(count("refunds", "not failed")).as("once").isEqualTo(1);
        assertThat(balance(account)).isEqualTo(account.balance());
        stripe.deliver();
        assertThat(count("payments", "refunded_cents = cents")).isEqualTo(1);
        assertThat(room.audit().getFindingsList()).isEmpty();
    }

    @Test
    void a_plan_that_is_paid_while_an_erasure_runs_ends_and_its_money_goes_back() throws Exception {
        Account account = room.open.run("nils");
        data.erasures.run("nils");
        work();
        // The page had been opened before: nobody can open one now.
        stripe.paySubscription(account, Tier.TIER_REMEMBER);
        stripe.deliver();
        assertThat(stripe.billing.subscriptions.running(account)).isPresent();

        stripe.billing.undoAfterErasure.run();
        stripe.deliver();
        assertThat(stripe.billing.subscriptions.running(account)).isEmpty();
        assertThat(count("payments", "refunded_cents = cents")).isEqualTo(1);
        assertThat(balance(account)).isZero();
        assertThat(room.audit().getFindingsList()).isEmpty();
    }

    @Test
    void a_step_whose_answer_was_lost_is_done_again_wherever_it_was() throws Exception {
        for (String step : List.of("jobs", "events", "admit")) {
            String user = "max-" + step;
            room.give(user, 3);
            peers.asked.clear();
            peers.loseAnswerTo(step + " " + user);
            peers.setMoreInJobs(2);
            data.erasures.run(user);
            work();
            assertThat(peers.asked.stream().filter(asked -> asked.startsWith(step)))
                    .as(step)
                    .hasSizeGreaterThan(1);
            assertThat(data.erasures.run(user)).as(step).isEqualTo(DataOrderStore.State.DONE);
        }
        assertThat(room.audit().getFindingsList()).isEmpty();
    }

    @Test
    void a_process_that_dies_in_a_step_leaves_it_to_the_next() throws Exception {
        room.give("nora", 3);
        data.erasures.run("nora");
        // Taken by a process that did nothing more.
        room.database.transact(sql -> new DataOrderStore()
                .take(
                        sql,
                        DataOrderStore.Kind.ERASE,
                        room.clock.instant(),
                        room.clock.instant().plusSeconds(30)));
        deliverEvents();
        assertThat(data.eraseAccounts.run()).isFalse();
        work();
        assertThat(data.erasures.run("nora")).isEqualTo(DataOrderStore.State.DONE);
    }

    @Test
    void events_that_are_not_delivered_hold_the_books_back() throws Exception {
        room.give("olga", 3);
        data.erasures.run("olga");
        for (int i = 0; i < 10; i++) {
            while (data.eraseAccounts.run()) {
                room.clock.advance(Duration.ofMillis(1));
            }
            room.clock.advance(Duration.ofSeconds(2));
        }
        assertThat(peers.asked).doesNotContain("events olga");
        assertThat(count("accounts", "user_id = 'olga'")).isEqualTo(1);
        work();
        assertThat(data.erasures.run("olga")).isEqualTo(DataOrderStore.State.DONE);
    }

    @Test
    void who_comes_back_begins_anew_and_is_not_granted_the_same_month_twice() throws Exception {
        int granted = room.balance("paul");
        assertThat(granted).isPositive();
        for (int i = 0; i < 2; i++) {
            data.erasures.run("paul");
            work();
            assertThat(room.balance("paul")).as("erased " + (i + 1) + " times").isZero();
        }
        room.clock.advance(Duration.ofDays(31));
        assertThat(room.balance("paul")).isEqualTo(granted);
        assertThat(room.audit().getFindingsList()).isEmpty();
    }

    @Test
    void an_erasure_takes_the_order_of_an_archive_with_it() throws Exception {
        data.exports.run(room.open.run("rosa"), "r1");
        data.erasures.run("rosa");
        assertThat(CreditsRoom.reasonOf(() -> data.exports.run(
                        room.accounts.find(room.database.sql(), "rosa").orElseThrow(), "r2")))
                .isEqualTo(Reason.REASON_STATE_CONFLICT);
        work();
        assertThat(peers.archives).isEmpty();
        assertThat(count("data_orders", "kind = 'EXPORT'")).isZero();
    }

    @Test
    void what_stripe_told_loses_the_person_and_keeps_amounts() {
        String told =
                "{\"id\":\"evt_1\",\"data\":{\"object\":{\"amount\":499,\"customer_details\":{\"email\":\"a@b.c\"},"
                        + "\"receipt_email\":\"a@b.c\",\"lines\":[{\"name\":\"Ann\",\"amount\":3}]}}}";
        String left =
                new String(ScrubStripeEvents.without(told.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
        assertThat(left)
                .isEqualTo("{\"id\":\"evt_1\",\"data\":{\"object\":{\"amount\":499,\"lines\":[{\"amount\":3}]}}}");
    }
}
