package dev.rekindle.gateway.auth;

import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The public keys of one OpenID provider, fetched when first needed and again when they are old or a key is not among
 * them, but never more often than every few seconds: a flood of tokens with made-up key ids does not reach the provider.
 */
final class IssuerKeys {
    private static final Logger log = LoggerFactory.getLogger(IssuerKeys.class);
    private static final Duration FRESH = Duration.ofMinutes(15);
    private static final Duration FETCH_INTERVAL_MIN = Duration.ofSeconds(10);
    private static final Duration FIRST_INTERVAL_MIN = Duration.ofSeconds(1);
    private static final Duration FETCH_MAX = Duration.ofSeconds(5);
    private static final int DOCUMENT_BYTES_MAX = 1 << 18;

    private final IssuerConfig config;
    private final HttpClient http;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private Map<String, Key> keys = Map.of();
    private Instant fetchTime = Instant.EPOCH;
    private Instant attemptTime = Instant.EPOCH;

    IssuerKeys(IssuerConfig config, HttpClient http, Clock clock) {
        this.config = config;
        this.http = http;
        this.clock = clock;
    }

    /**
     * The key of that id; null if the provider has none.
     *
     * @throws Failure UNAVAILABLE if the keys could never be fetched
     */
    @Nullable
    Key find(String keyId) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            Instant now = clock.instant();
            boolean wanted = !keys.containsKey(keyId) || now.isAfter(fetchTime.plus(FRESH));
            Duration pause = keys.isEmpty() ? FIRST_INTERVAL_MIN : FETCH_INTERVAL_MIN;
            if (wanted && now.isAfter(attemptTime.plus(pause))) {
                attemptTime = now;
                fetch(now);
            }
            if (keys.isEmpty()) {
                throw Failure.of(Reason.REASON_UNAVAILABLE, "Tokens cannot be checked for the moment.")
                        .withDetail("No keys of " + config.issuer(), null)
                        .withRetryDelay(Duration.ofSeconds(5));
            }
            return keys.get(keyId);
        } finally {
            lock.unlock();
        }
    }

    private void fetch(Instant now) throws InterruptedException {
        try {
            JsonWebKeySet set = new JsonWebKeySet(get(keysUri()));
            Map<String, Key> fetched = new HashMap<>();
            for (JsonWebKey key : set.getJsonWebKeys()) {
                if (key.getKeyId() != null && !"enc".equals(key.getUse())) {
                    fetched.put(key.getKeyId(), key.getKey());
                }
            }
            keys = Map.copyOf(fetched);
            fetchTime = now;
        } catch (IOException | JoseException | JsonParseException | IllegalArgumentException e) {
            log.warn("The keys of {} could not be fetched", config.issuer(), e);
        }
    }

    private URI keysUri() throws IOException, InterruptedException {
        if (!config.keysUri().toString().isEmpty()) {
            return config.keysUri();
        }
        String base = config.issuer().endsWith("/") ? config.issuer() : config.issuer() + "/";
        JsonElement uri = JsonParser.parseString(get(URI.create(base + ".well-known/openid-configuration")))
                .getAsJsonObject()
                .get("jwks_uri");
        if (uri == null || !uri.isJsonPrimitive()) {
            throw new IOException("The discovery document of " + config.issuer() + " has no jwks_uri.");
        }
        return URI.create(uri.getAsString());
    }

    private String get(URI uri) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(FETCH_MAX)
                .header("Accept", "application/json")
                .build();
        HttpResponse<InputStream> response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            if (response.statusCode() != 200) {
                throw new IOException(uri + " answered " + response.statusCode());
            }
            byte[] bytes = body.readNBytes(DOCUMENT_BYTES_MAX + 1);
            if (bytes.length > DOCUMENT_BYTES_MAX) {
                throw new IOException(uri + " answered more than " + DOCUMENT_BYTES_MAX + " bytes");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }
}
