package dev.rekindle.processing.content;

import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.circuit.CircuitBreaker;
import dev.rekindle.platform.circuit.CircuitBreaker.Pass;
import dev.rekindle.platform.circuit.CircuitBreaker.Verdict;
import dev.rekindle.platform.circuit.CircuitOpen;
import dev.rekindle.platform.net.AddressGuard;
import dev.rekindle.platform.net.MessageSignature;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.http.HttpCalls;
import dev.rekindle.processing.pipeline.Stop;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a service of the operator's what it thinks of an upload. It gets a small picture and ids, no name and no user. What
 * it cannot be asked is decided by the setting, so that its outages are not those of the house.
 */
public final class ContentCheck implements AutoCloseable {
    /** Pixels of the longer side of the picture that is sent. */
    public static final int SIDE = 600;

    private static final Logger log = LoggerFactory.getLogger(ContentCheck.class);
    private static final int ANSWER_BYTES_MAX = 64 << 10;
    private static final int TRIES = 2;
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(200);
    private static final int OK = 200;

    private final ContentCheckConfig config;
    private final MeterRegistry metrics;
    private final Clock clock;
    private final CircuitBreaker circuit;
    private final HttpCalls http;

    /** @param nanoClock tells time, as {@code System.nanoTime} does */
    public ContentCheck(ContentCheckConfig config, MeterRegistry metrics, Clock clock, LongSupplier nanoClock) {
        this.config = config;
        this.metrics = metrics;
        this.clock = clock;
        circuit = new CircuitBreaker("content_check", config.circuit(), nanoClock);
        if (config.isConfigured()) {
            circuit.bindTo(metrics);
        }
        http = new HttpCalls(
                new Addresses(config, new AddressGuard(config.networksAllowed(), InetAddress::getAllByName)));
    }

    /**
     * What is asked about.
     *
     * @param video true if the picture is that which stands for a video
     * @param jpeg no longer than {@link #SIDE}
     */
    public record Question(String photoId, String jobId, boolean video, ByteString jpeg) {
        String json() {
            JsonObject body = new JsonObject();
            body.addProperty("photoId", photoId);
            body.addProperty("jobId", jobId);
            body.addProperty("kind", video ? "video" : "picture");
            body.addProperty("contentType", "image/jpeg");
            body.addProperty("picture", Base64.getEncoder().encodeToString(jpeg.toByteArray()));
            return body.toString();
        }
    }

    /** True if there is somebody to ask. */
    public boolean isConfigured() {
        return config.isConfigured();
    }

    /**
     * Asks.
     *
     * @throws Failure UNAVAILABLE if there is no answer and the photo is to wait for one
     */
    public Finding ask(Question question, Stop stop) {
        try {
            Pass pass = circuit.enter();
            try {
                Finding finding = tried(question, stop);
                pass.tell(Verdict.WORKS);
                count(finding.verdict().name());
                return finding;
            } catch (IOException e) {
                pass.tell(Verdict.FAILS);
                return unanswered(question, e);
            } finally {
                pass.tell(Verdict.SAYS_NOTHING); // stopped
            }
        } catch (CircuitOpen e) {
            return unanswered(question, e);
        }
    }

    private Finding tried(Question question, Stop stop) throws IOException {
        String body = question.json();
        for (int left = TRIES - 1; ; left--) {
            try {
                return once(question, body, stop);
            } catch (IOException e) {
                if (left == 0) {
                    throw e;
                }
                log.debug("The content check did not answer; it is asked again", e);
            }
            stop.pause(BETWEEN_TRIES);
        }
    }

    private Finding once(Question question, String body, Stop stop) throws IOException {
        Instant now = clock.instant();
        HttpPost post = new HttpPost(config.url());
        post.setHeader("webhook-id", question.jobId());
        post.setHeader("webhook-timestamp", now.getEpochSecond());
        post.setHeader(
                "webhook-signature",
                MessageSignature.sign(List.of(config.secret().reveal()), question.jobId(), now, body));
        post.setEntity(new StringEntity(body, ContentType.APPLICATION_JSON));
        HttpCalls.Reply reply = http.call(post, config.answerMax(), ANSWER_BYTES_MAX, stop);
        if (reply.status() != OK) {
            throw new IOException("HTTP " + reply.status());
        }
        return ReadFinding.of(reply.body());
    }

    private Finding unanswered(Question question, Exception why) {
        count("none");
        log.warn("The content check did not answer about photo {}: {}", question.photoId(), why.toString());
        return switch (config.whenAway()) {
            case ALLOW -> Finding.NOTHING;
            case FLAG -> new Finding(Finding.Verdict.FLAG, "The check of content did not answer.");
            case WAIT ->
                throw Failure.of(Reason.REASON_UNAVAILABLE, "The photo could not be checked. Please try again.")
                        .withDetail(why.toString(), why);
        };
    }

    private void count(String verdict) {
        metrics.counter("content_checks_total", "verdict", verdict.toLowerCase(Locale.ROOT))
                .increment();
    }

    @Override
    public void close() throws IOException {
        http.close();
    }

    /** Public addresses and those allowed; of a service that is asked in clear those allowed only. */
    private record Addresses(ContentCheckConfig config, AddressGuard guard) implements DnsResolver {
        @Override
        public InetAddress[] resolve(String host) throws UnknownHostException {
            InetAddress[] addresses = guard.resolve(host);
            for (InetAddress address : addresses) {
                if (config.isPlain() && config.networksAllowed().stream().noneMatch(network -> network.has(address))) {
                    throw new UnknownHostException(host + " is not in content_check.networks_allowed, and plain http.");
                }
            }
            return addresses;
        }

        @Override
        public String resolveCanonicalHostname(String host) {
            return host;
        }
    }
}
