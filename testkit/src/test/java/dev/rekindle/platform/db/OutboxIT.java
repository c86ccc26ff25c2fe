package dev.rekindle.platform.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.testkit.Eventually;
import dev.rekindle.testkit.Servers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("Q-16")
class OutboxIT {
    private final Outbox outbox = new Outbox();
    private final List<String> delivered = Collections.synchronizedList(new ArrayList<>());
    private Database database;

    @BeforeEach
    void open() {
        database = Servers.openDatabase("post");
    }

    @AfterEach
    void close() {
        database.close();
    }

    private void owe(String... keys) {
        database.transact(sql -> {
            for (String key : keys) {
                outbox.add(sql, message(key));
            }
            return true;
        });
    }

    private static Outbox.Message message(String key) {
        return new Outbox.Message("letters", key, ByteString.copyFromUtf8(key));
    }

    private OutboxRelays relay(OutboxRelays.Order order, OutboxRelays.Delivery delivery) {
        return relay(outbox, order, delivery);
    }

    private OutboxRelays relay(Outbox process, OutboxRelays.Order order, OutboxRelays.Delivery delivery) {
        OutboxRelays relays = OutboxRelays.start(database, process, new SimpleMeterRegistry());
        relays.add(new OutboxRelays.Route("letters", order, 10, Duration.ofMillis(5)), delivery);
        return relays;
    }

    private void take(List<Outbox.Message> batch) {
        batch.forEach(message -> delivered.add(message.payload().toStringUtf8()));
    }

    private int left() {
        return database.sql().fetchCount(Outbox.OUTBOX);
    }

    @Test
    void what_is_committed_is_delivered_once_and_in_order() {
        List<String> keys = IntStream.range(0, 95).mapToObj(i -> "k" + i).toList();
        try (OutboxRelays _ = relay(OutboxRelays.Order.KEPT, this::take)) {
            owe(keys.toArray(String[]::new));
            Eventually.holds(() -> assertThat(left()).isZero());
            assertThat(delivered).containsExactlyElementsOf(keys);
        }
    }

    @Test
    void what_is_rolled_back_is_never_owed() {
        assertThatThrownBy(() -> database.transact(sql -> {
                    outbox.add(sql, message("never"));
                    throw Failure.of(Reason.REASON_STATE_CONFLICT, "no");
                }))
                .isInstanceOf(Failure.class);
        assertThat(left()).isZero();
    }

    @Test
    void the_commit_wakes_the_relays_of_what_was_written_and_no_others() {
        List<String> woken = new CopyOnWriteArrayList<>();
        outbox.onWake("letters", () -> woken.add("letters, " + left()));
        outbox.onWake("parcels", () -> woken.add("parcels"));
        owe("a", "b");
        assertThat(woken).containsExactly("letters, 2");
        assertThatThrownBy(() -> database.transact(sql -> {
                    outbox.add(sql, message("never"));
                    throw Failure.of(Reason.REASON_STATE_CONFLICT, "no");
                }))
                .isInstanceOf(Failure.class);
        assertThat(woken).hasSize(1);
        outbox.add(database.sql(), List.of(message("by itself")));
        assertThat(woken).containsExactly("letters, 2", "letters, 3");
    }

    @Test
    void what_another_process_left_behind_is_found() {
        Outbox gone = new Outbox();
        database.transact(sql -> {
            gone.add(sql, message("left"));
            return true;
        });
        assertThat(outbox.due(database.sql())).as("nothing is relayed here").isEmpty();
        try (OutboxRelays _ = relay(OutboxRelays.Order.KEPT, this::take)) {
            Eventually.holds(() -> assertThat(delivered).containsExactly("left"));
            database.transact(sql -> {
                gone.add(sql, message("later"));
                return true;
            });
            Eventually.holds(() -> assertThat(delivered).containsExactly("left", "later"));
        }
    }

    @Test
    void the_same_debt_written_twice_is_owed_once() {
        owe("twice", "twice");
        owe("twice");
        assertThat(left()).isEqualTo(1);
    }

    @Test
    void a_receiver_that_is_away_keeps_everything_and_the_order() {
        AtomicBoolean away = new AtomicBoolean(true);
        CountDownLatch tried = new CountDownLatch(2);
        try (OutboxRelays _ = relay(OutboxRelays.Order.KEPT, batch -> {
            tried.countDown();
            if (away.get()) {
                throw Failure.of(Reason.REASON_UNAVAILABLE, "away");
            }
            take(batch);
        })) {
            owe("a", "b", "c");
            Eventually.holds(() -> assertThat(tried.getCount()).isZero());
            assertThat(left()).isEqualTo(3);
            away.set(false);
            Eventually.holds(() -> assertThat(delivered).containsExactly("a", "b", "c"));
        }
    }

    @Test
    void a_message_that_can_never_be_delivered_is_put_off_and_those_behind_it_go_on() {
        try (OutboxRelays _ = relay(OutboxRelays.Order.KEPT, batch -> {
            if (batch.stream().anyMatch(message -> message.dedupKey().equals("poison"))) {
                throw Failure.of(Reason.REASON_INVALID_REQUEST, "cannot be read");
            }
            take(batch);
        })) {
            owe("a", "poison", "b");
            Eventually.holds(() -> assertThat(left()).isEqualTo(1));
            assertThat(delivered).containsExactly("a", "b");
            assertThat(database.sql().fetchValue("select last_error from outbox"))
                    .asString()
                    .contains("cannot be read");
        }
    }

    @Test
    void two_relays_of_an_ordered_topic_do_not_overtake_each_other() {
        List<String> keys = IntStream.range(0, 200).mapToObj(i -> "k" + i).toList();
        try (OutboxRelays _ = relay(OutboxRelays.Order.KEPT, this::take);
                OutboxRelays _ = relay(new Outbox(), OutboxRelays.Order.KEPT, this::take)) {
            keys.forEach(this::owe);
            Eventually.holds(() -> assertThat(left()).isZero());
            assertThat(delivered).containsExactlyElementsOf(keys);
        }
    }

    @Test
    void two_relays_of_a_free_topic_share_the_work() {
        List<String> keys = IntStream.range(0, 200).mapToObj(i -> "k" + i).toList();
        try (OutboxRelays _ = relay(OutboxRelays.Order.FREE, this::take);
                OutboxRelays _ = relay(new Outbox(), OutboxRelays.Order.FREE, this::take)) {
            owe(keys.toArray(String[]::new));
            Eventually.holds(() -> assertThat(left()).isZero());
            assertThat(delivered).containsExactlyInAnyOrderElementsOf(keys);
        }
    }
}
