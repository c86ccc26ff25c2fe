package dev.rekindle.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.Role;
import dev.rekindle.events.Subscription.Ending;
import dev.rekindle.events.Subscription.Next;
import dev.rekindle.events.v1.Event;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Identity;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("EV-01")
@Tag("EV-05")
class SwitchboardTest {
    private static final EventsConfig.Subscriptions LIMITS =
            new EventsConfig.Subscriptions(4, 2, 2, Duration.ofSeconds(15), Duration.ofSeconds(30));

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Switchboard switchboard = new Switchboard(LIMITS, new EventMetrics(registry), new Position(100));
    private long seq = 100;

    @Test
    void a_reader_is_told_what_comes_after_it_joined() throws Exception {
        Subscription early = switchboard.admit("ann", interest("ann"));
        Subscription late = switchboard.admit("ann", interest("ann"));
        assertThat(switchboard.join(early)).isEqualTo(new Position(100));
        Event first = deliver(Samples.job("ann", "j", "job.queued"));
        assertThat(switchboard.join(late)).isEqualTo(new Position(101));
        Event second = deliver(Samples.job("ann", "j", "job.started"));
        assertThat(heard(early)).containsExactly(first, second);
        assertThat(heard(late)).containsExactly(second);
    }

    @Test
    void each_hears_its_own_rooms_and_types_once() throws Exception {
        Subscription job = join("ann", List.of("job:1", "photo:9", "global"), List.of());
        Subscription types = join("ann", List.of(), List.of("photo.*"));
        Subscription other = join("bob", List.of("user", "job:1", "photo:9"), List.of());
        Event both = deliver(
                Samples.event("ann", "job.queued").setJobId("1").setPhotoId("9").build());
        Event photo =
                deliver(Samples.event("ann", "photo.deleted").setPhotoId("8").build());
        Event toAll = deliver(Samples.event("", "news.published").build());
        deliver(Samples.event("", "queue.lane.paused").build());
        assertThat(heard(job)).containsExactly(both, toAll);
        assertThat(heard(types)).containsExactly(photo);
        assertThat(heard(other)).isEmpty();
    }

    @Test
    void a_slow_reader_is_cut_and_the_others_hear_on() throws Exception {
        Subscription slow = join("ann", List.of(), List.of());
        Subscription quick = join("ann", List.of(), List.of());
        List<Event> told = new ArrayList<>();
        List<Event> heard = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            told.add(deliver(Samples.job("ann", "j", "job.queued")));
            heard.addAll(heard(quick));
        }
        assertThat(heard).isEqualTo(told);
        assertThat(slow.next(Duration.ZERO)).isEqualTo(new Next.Ended(Ending.SLOW));
        assertThat(registry.counter("subscriptions_cut_total").count()).isEqualTo(1);
    }

    @Test
    void transient_events_left_out_are_counted() {
        join("ann", List.of(), List.of());
        for (int i = 0; i < 5; i++) {
            switchboard.deliverTransient(Samples.progress("ann", "j", i), Instant.EPOCH);
        }
        assertThat(registry.counter("events_left_out_total").count()).isEqualTo(3);
    }

    @Test
    void who_left_hears_nothing_and_makes_room() throws Exception {
        Subscription first = join("ann", List.of(), List.of());
        join("ann", List.of(), List.of());
        assertThat(registry.get("subscriptions_active").gauge().value()).isEqualTo(2);
        assertThatThrownBy(() -> switchboard.admit("ann", interest("ann")))
                .isInstanceOfSatisfying(Failure.class, failure -> {
                    assertThat(failure.reason()).isEqualTo(Reason.REASON_RATE_LIMITED);
                    assertThat(failure.message()).contains("2 open streams");
                    assertThat(failure.retryDelay()).isNotNull();
                });
        switchboard.leave(first);
        switchboard.leave(first);
        join("ann", List.of(), List.of());
        deliver(Samples.job("ann", "j", "job.queued"));
        assertThat(heard(first)).isEmpty();
        assertThat(registry.get("subscriptions_active").gauge().value()).isEqualTo(2);
    }

    @Test
    void there_is_a_limit_for_all_users_together() {
        for (int i = 0; i < 4; i++) {
            join("user" + i, List.of(), List.of());
        }
        assertThatThrownBy(() -> switchboard.admit("ann", interest("ann")))
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.reason()).isEqualTo(Reason.REASON_OVERLOADED));
    }

    @Test
    void closing_ends_every_stream_and_admits_no_more() throws Exception {
        Subscription joined = join("ann", List.of(), List.of());
        Subscription waiting = switchboard.admit("bob", interest("bob"));
        switchboard.close();
        assertThat(joined.next(Duration.ZERO)).isEqualTo(new Next.Ended(Ending.CLOSING));
        assertThat(waiting.next(Duration.ZERO)).isEqualTo(new Next.Ended(Ending.CLOSING));
        assertThatThrownBy(() -> switchboard.admit("ann", interest("ann")))
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.reason()).isEqualTo(Reason.REASON_UNAVAILABLE));
    }

    private Event deliver(Event event) {
        Position position = new Position(++seq);
        switchboard.deliver(new Page(List.of(new LoggedEvent(position, event)), position, false));
        return event;
    }

    private Subscription join(String user, List<String> rooms, List<String> types) {
        Subscription subscription = switchboard.admit(user, Interest.of(identity(user), rooms, types));
        switchboard.join(subscription);
        return subscription;
    }

    private static Interest interest(String user) {
        return Interest.of(identity(user), List.of(), List.of());
    }

    private static Identity identity(String user) {
        return new Identity(user, Set.of(Role.ROLE_USER), null, Instant.MAX);
    }

    private static List<Event> heard(Subscription subscription) throws InterruptedException {
        List<Event> events = new ArrayList<>();
        while (subscription.next(Duration.ZERO) instanceof Next.Delivery(LiveEvent event)) {
            events.add(event.message().getEvent());
        }
        return events;
    }
}
