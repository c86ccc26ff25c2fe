package dev.rekindle.events.notifications;

import com.google.gson.JsonParser;
import dev.rekindle.events.v1.Event;
import dev.rekindle.events.webhooks.Attempt;
import dev.rekindle.events.webhooks.Carrier;
import dev.rekindle.events.webhooks.Claimed;
import dev.rekindle.events.webhooks.PostDelivery;
import dev.rekindle.events.webhooks.Verdict;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.jspecify.annotations.Nullable;

/** Web push (RFC 8030): a small message, encrypted for one browser, handed to its push service. */
final class PushDelivery implements Carrier {
    /** A topic has at most 32 letters of base64url. */
    private static final int TOPIC_LENGTH = 32;

    private final PushStore store;
    private final PostDelivery post;
    private final @Nullable VapidKeys keys;
    private final Duration life;
    private final SecureRandom random;

    /** @param keys null if there is no push */
    PushDelivery(PushStore store, PostDelivery post, @Nullable VapidKeys keys, Duration life, SecureRandom random) {
        this.store = store;
        this.post = post;
        this.keys = keys;
        this.life = life;
        this.random = random;
    }

    @Override
    public @Nullable String body(Event event) {
        return keys == null ? null : Notices.body(event);
    }

    @Override
    public Attempt send(Claimed delivery) {
        PushStore.Keys browser = store.keys(delivery.webhookId());
        if (keys == null || browser == null) {
            return new Attempt.Refused(keys == null ? "Push is switched off." : "The subscription is gone.");
        }
        byte[] salt = new byte[PushCipher.SALT_BYTES];
        random.nextBytes(salt);
        byte[] sealed = PushCipher.encrypt(
                delivery.body().getBytes(StandardCharsets.UTF_8),
                browser.p256dh(),
                browser.auth(),
                P256.generate(),
                salt);
        HttpPost request = new HttpPost(delivery.url());
        request.setHeader("authorization", keys.authorization(URI.create(delivery.url())));
        request.setHeader("ttl", life.toSeconds());
        request.setHeader("urgency", "normal");
        request.setHeader("topic", topic(delivery.body()));
        request.setEntity(new ByteArrayEntity(sealed, ContentType.APPLICATION_OCTET_STREAM, "aes128gcm"));
        return post.post(request);
    }

    /** One a job, so that of what a browser has not fetched only the last is kept, and a repetition shows once. */
    private static String topic(String body) {
        String jobId = JsonParser.parseString(body)
                .getAsJsonObject()
                .get(Notices.JOB_ID)
                .getAsString();
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(jobId.getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().encodeToString(digest).substring(0, TOPIC_LENGTH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This JDK has no SHA-256.", e);
        }
    }

    /** As of webhooks; only a subscription that is not there any more never comes back. */
    @Override
    public Verdict judge(Attempt attempt) {
        return switch (attempt.httpStatus()) {
            case 404, 410 -> new Verdict.Vanished();
            default -> Verdict.of(attempt);
        };
    }
}
