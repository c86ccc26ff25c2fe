package dev.rekindle.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.events.Subscription.Ending;
import dev.rekindle.events.Subscription.Next;
import dev.rekindle.events.Subscription.Offer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("EV-05")
class SubscriptionTest {
    private static final Interest ALL = new Interest(Set.of(Room.ofUser("ann")), TypeFilter.of(List.of()));

    private final Subscription subscription = new Subscription("ann", ALL, 3);

    @Test
    void events_wait_in_order() throws Exception {
        LiveEvent first = logged(1);
        LiveEvent second = progress();
        assertThat(subscription.offer(first)).isEqualTo(Offer.TAKEN);
        assertThat(subscription.offer(second)).isEqualTo(Offer.TAKEN);
        assertThat(next()).isEqualTo(new Next.Delivery(first));
        assertThat(next()).isEqualTo(new Next.Delivery(second));
        assertThat(next()).isEqualTo(new Next.Silence());
    }

    @Test
    void an_event_told_in_two_rooms_waits_once() throws Exception {
        LiveEvent event = logged(1);
        assertThat(subscription.offer(event)).isEqualTo(Offer.TAKEN);
        assertThat(subscription.offer(event)).isEqualTo(Offer.IGNORED);
        assertThat(next()).isEqualTo(new Next.Delivery(event));
        assertThat(next()).isEqualTo(new Next.Silence());
    }

    @Test
    void transient_events_go_first_when_there_is_no_room() throws Exception {
        LiveEvent oldProgress = progress();
        LiveEvent newProgress = progress();
        subscription.offer(oldProgress);
        subscription.offer(logged(1));
        subscription.offer(newProgress);
        assertThat(subscription.offer(progress())).isEqualTo(Offer.LEFT_OUT);
        assertThat(subscription.offer(logged(2))).isEqualTo(Offer.REPLACED);
        assertThat(next())
                .isInstanceOfSatisfying(
                        Next.Delivery.class,
                        delivery -> assertThat(delivery.event().position()).isEqualTo(new Position(1)));
        assertThat(next()).isEqualTo(new Next.Delivery(newProgress));
        assertThat(next())
                .isInstanceOfSatisfying(
                        Next.Delivery.class,
                        delivery -> assertThat(delivery.event().position()).isEqualTo(new Position(2)));
    }

    @Test
    void a_reader_for_whose_logged_events_there_is_no_room_is_cut() throws Exception {
        for (int i = 1; i <= 3; i++) {
            subscription.offer(logged(i));
        }
        assertThat(subscription.offer(logged(4))).isEqualTo(Offer.CUT);
        assertThat(subscription.offer(logged(5))).isEqualTo(Offer.IGNORED);
        assertThat(next()).isEqualTo(new Next.Ended(Ending.SLOW));
        assertThat(next()).isEqualTo(new Next.Ended(Ending.SLOW));
    }

    @Test
    void room_is_made_again_by_reading() throws Exception {
        for (int i = 1; i <= 100; i++) {
            assertThat(subscription.offer(i % 2 == 0 ? progress() : logged(i))).isEqualTo(Offer.TAKEN);
            assertThat(next()).isInstanceOf(Next.Delivery.class);
        }
    }

    @Test
    void the_first_reason_to_end_stands() throws Exception {
        subscription.end(Ending.CLOSING);
        subscription.end(Ending.GONE);
        assertThat(next()).isEqualTo(new Next.Ended(Ending.CLOSING));
        assertThat(subscription.ending()).isEqualTo(Ending.CLOSING);
    }

    private Next next() throws InterruptedException {
        return subscription.next(Duration.ZERO);
    }

    private static LiveEvent logged(long seq) {
        return LiveEvent.of(new LoggedEvent(
                new Position(seq), Samples.event("ann", "job.queued").build()));
    }

    private static LiveEvent progress() {
        return LiveEvent.ofTransient(Samples.progress("ann", "j", 1), Instant.EPOCH);
    }
}
