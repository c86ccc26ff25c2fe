package dev.rekindle.events.webhooks;

import dev.rekindle.events.v1.Event;
import dev.rekindle.platform.net.MessageSignature;
import java.time.Clock;
import java.time.Instant;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.StringEntity;

/** Webhooks: the event's envelope, signed and posted. */
final class WebhookCarrier implements Carrier {
    private final PostDelivery post;
    private final Clock clock;

    WebhookCarrier(PostDelivery post, Clock clock) {
        this.post = post;
        this.clock = clock;
    }

    @Override
    public String body(Event event) {
        return Envelope.of(event);
    }

    @Override
    public Attempt send(Claimed delivery) {
        Instant now = clock.instant();
        HttpPost request = new HttpPost(delivery.url());
        request.setHeader("webhook-id", delivery.eventId());
        request.setHeader("webhook-timestamp", now.getEpochSecond());
        request.setHeader(
                "webhook-signature",
                MessageSignature.sign(delivery.secrets(), delivery.eventId().toString(), now, delivery.body()));
        request.setEntity(new StringEntity(delivery.body(), ContentType.APPLICATION_JSON));
        return post.post(request);
    }

    @Override
    public Verdict judge(Attempt attempt) {
        return Verdict.of(attempt);
    }
}
