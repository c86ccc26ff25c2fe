package dev.rekindle.credits;

import com.stripe.model.Event;
import com.stripe.model.StripeCollection;
import dev.rekindle.platform.db.Database;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what did not come: reads Stripe's own list of events from some time before the newest we have, keeps those that
 * are missing and applies them like any other; then reads the subscriptions that are due. So a gap heals whether an event
 * was lost on the way or we were away.
 */
final class ReconcileStripe {
    private static final Logger log = LoggerFactory.getLogger(ReconcileStripe.class);

    /** Stripe lists events of thirty days. */
    private static final Duration LISTED = Duration.ofDays(30);

    /** Events may come to the list late, and be made out of order. */
    private static final Duration OVERLAP = Duration.ofHours(2);

    private static final int PAGES_MAX = 100;

    private final Database database;
    private final StripeEventStore store;
    private final StripeEvents events;
    private final Subscriptions subscriptions;
    private final StripeApi stripe;
    private final Clock clock;

    ReconcileStripe(
            Database database,
            StripeEventStore store,
            StripeEvents events,
            Subscriptions subscriptions,
            StripeApi stripe,
            Clock clock) {
        this.database = database;
        this.store = store;
        this.events = events;
        this.subscriptions = subscriptions;
        this.stripe = stripe;
        this.clock = clock;
    }

    /** Applies what is kept and not applied, and reads the subscriptions that are due. True: there may be more. */
    boolean catchUp() {
        boolean more = events.applyDue(subscriptions::read);
        return subscriptions.readDue() || more;
    }

    /** Looks for missing events from two hours before the newest on; after a start, of all thirty days. */
    void run(boolean wholeList) {
        Instant now = Times.now(clock);
        Instant oldest = now.minus(LISTED);
        Instant since = wholeList
                ? oldest
                : database.query(store::newest)
                        .map(newest -> (newest.isAfter(now) ? now : newest).minus(OVERLAP))
                        .filter(oldest::isBefore)
                        .orElse(oldest);
        int missing = 0;
        Optional<String> after = Optional.empty();
        for (int page = 0; page < PAGES_MAX; page++) {
            StripeCollection<Event> listed = stripe.events(since, after);
            missing += keepMissing(listed.getData());
            if (!Boolean.TRUE.equals(listed.getHasMore()) || listed.getData().isEmpty()) {
                break;
            }
            after = Optional.of(listed.getData().getLast().getId());
        }
        if (missing > 0) {
            log.info("{} events of Stripe had not come and were read from its list", missing);
        }
        catchUp();
    }

    private int keepMissing(List<Event> listed) {
        Set<String> known = database.query(
                sql -> store.known(sql, listed.stream().map(Event::getId).toList()));
        int missing = 0;
        for (Event event : listed) {
            if (!known.contains(event.getId()) && events.keep(event, event.toJson())) {
                missing++;
            }
        }
        return missing;
    }
}
