package dev.rekindle.credits;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.stripe.exception.SignatureVerificationException;
import com.stripe.model.Event;
import com.stripe.net.ApiResource;
import com.stripe.net.Webhook;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.config.Secret;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.rpc.Failure;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stripe's events: checked, kept, and only then applied, each once. What is kept and could not be applied is tried again,
 * ever more seldom and at least once an hour, so that neither a crash nor a mistake of ours loses an event.
 */
final class StripeEvents {
    private static final Logger log = LoggerFactory.getLogger(StripeEvents.class);
    private static final long SIGNATURE_AGE_SECONDS_MAX = 300;
    private static final int BATCH_MAX = 200;
    /** The last second of the year 9999. */
    private static final long CREATED_MAX = 253_402_300_799L;

    private static final Pattern NAME = Pattern.compile("[\\x20-\\x7e]{1,255}");
    private static final int DELAY_DOUBLINGS_MAX = 12;
    private static final Duration DELAY_MAX = Duration.ofHours(1);

    private final Database database;
    private final StripeEventStore events;
    private final ApplyStripeFact apply;
    private final StripeConfig config;
    private final Clock clock;

    StripeEvents(Database database, StripeEventStore events, ApplyStripeFact apply, StripeConfig config, Clock clock) {
        this.database = database;
        this.events = events;
        this.apply = apply;
        this.config = config;
        this.clock = clock;
    }

    /**
     * Takes an event as it came. When this returns it is kept and will be applied, if it is not already.
     *
     * @param toRead told which subscription must be read from Stripe
     * @throws Failure UNAUTHENTICATED if the signature is not Stripe's or older than five minutes (one dated ahead is taken, as
     *     by Stripe's library); INVALID_REQUEST if it is no event
     */
    void receive(byte[] payload, String signature, Consumer<String> toRead) {
        String text = new String(payload, StandardCharsets.UTF_8);
        checkSignature(text, signature);
        Event event = parse(text);
        keep(event, text);
        tryToApply(event.getId(), toRead);
    }

    /** Keeps an event that Stripe listed and nobody delivered. */
    boolean keep(Event event, String payload) {
        StripeEventStore.Received received = new StripeEventStore.Received(
                event.getId(), event.getType(), Instant.ofEpochSecond(event.getCreated()), payload);
        return database.query(sql -> events.insert(sql, received, Times.now(clock)));
    }

    private void checkSignature(String payload, String signature) {
        for (Secret secret : config.webhookSecrets()) {
            try {
                Webhook.Signature.verifyHeader(payload, signature, secret.reveal(), SIGNATURE_AGE_SECONDS_MAX, clock);
                return;
            } catch (SignatureVerificationException | NumberFormatException | IndexOutOfBoundsException e) {
                // The library throws the last two for a header that is not of its form.
                log.debug("A signature did not fit: {}", e.getMessage());
            }
        }
        throw Failure.of(
                Reason.REASON_UNAUTHENTICATED,
                "The signature is not one of Stripe over these bytes, or older than " + SIGNATURE_AGE_SECONDS_MAX
                        + " s.");
    }

    private static Event parse(String payload) {
        Event event;
        try {
            JsonObject json = JsonParser.parseString(payload).getAsJsonObject();
            boolean isWhole = json.get("data") instanceof JsonObject data && data.get("object") instanceof JsonObject;
            event = isWhole ? ApiResource.GSON.fromJson(json, Event.class) : new Event();
        } catch (JsonParseException | IllegalStateException e) {
            throw Failure.invalid("payload", "is no JSON.").withDetail(String.valueOf(e.getMessage()), e);
        }
        if (!isName(event.getId()) || !isName(event.getType()) || event.getCreated() == null) {
            throw Failure.invalid("payload", "is no event; expected id, type, created and data.object.");
        }
        if (event.getCreated() < 0 || event.getCreated() > CREATED_MAX) {
            throw Failure.invalid(
                    "payload.created",
                    "is " + event.getCreated() + "; expected seconds since 1970, at most " + CREATED_MAX + ".");
        }
        return event;
    }

    private static boolean isName(@Nullable String text) {
        return text != null && NAME.matcher(text).matches();
    }

    /** Applies what is kept and due. True: there may be more. */
    boolean applyDue(Consumer<String> toRead) {
        var due = database.query(sql -> events.due(sql, Times.now(clock), BATCH_MAX));
        due.forEach(id -> tryToApply(id, toRead));
        return due.size() == BATCH_MAX;
    }

    private void tryToApply(String id, Consumer<String> toRead) {
        try {
            Optional<ApplyStripeFact.Applied> applied = database.transact(sql -> {
                Instant now = Times.now(clock);
                return events.takeUnapplied(sql, id).map(row -> {
                    Event event = parse(new String(row.getPayload(), StandardCharsets.UTF_8));
                    ApplyStripeFact.Applied done = isOfOtherMode(event)
                            ? new ApplyStripeFact.Applied("The event is of the other mode", null, null)
                            : apply.run(
                                    sql,
                                    ReadStripeEvent.fact(event),
                                    row.getCreatedAt().toInstant(),
                                    null,
                                    now);
                    events.applied(sql, id, done.outcome(), done.accountId(), now);
                    return done;
                });
            });
            applied.map(ApplyStripeFact.Applied::subscriptionToRead).ifPresent(toRead);
        } catch (RuntimeException e) {
            putOff(id, e);
        }
    }

    private boolean isOfOtherMode(Event event) {
        return event.getLivemode() != null && event.getLivemode() == config.isTestMode();
    }

    private void putOff(String id, RuntimeException e) {
        Instant now = Times.now(clock);
        int attempts = database.query(sql -> events.attempts(sql, id));
        Duration delay = Duration.ofSeconds(1L << Math.min(attempts, DELAY_DOUBLINGS_MAX));
        Instant until = now.plus(delay.compareTo(DELAY_MAX) > 0 ? DELAY_MAX : delay);
        log.warn("Stripe event {} was not applied and is tried again at {}", id, until, e);
        database.query(sql -> {
            events.putOff(sql, id, String.valueOf(e), until);
            return true;
        });
    }
}
