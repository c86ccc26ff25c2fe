package dev.rekindle.gateway.limit;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.rekindle.common.v1.Role;
import dev.rekindle.gateway.call.Exchange;
import dev.rekindle.platform.rpc.Identity;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Whose calls are counted together.
 *
 * @param key where in Redis; a hash, so that what is counted there is not to be read there
 * @param whose for the message to whoever called too often
 */
record Bucket(String key, String whose, RateLimitConfig.Rate rate) {
    private static final String PREFIX = "rekindle:rate:";
    private static final int NETWORK_BYTES = 8;
    private static final int DIGEST_BYTES = 16;

    /** The bucket of the client's address. */
    static Bucket ofAddress(ServiceRequestContext ctx, RateLimitConfig.Rate rate) {
        InetAddress client = ctx.clientAddress();
        // Whoever has an IPv6 address has a network of them.
        byte[] address = client instanceof Inet6Address
                ? Arrays.copyOf(client.getAddress(), NETWORK_BYTES)
                : client.getAddress();
        return new Bucket(PREFIX + "address:" + HexFormat.of().formatHex(address), "From your address", rate);
    }

    /** The bucket of the caller, or of the API key the call comes with; null if nobody is known. */
    static @Nullable Bucket ofCaller(ServiceRequestContext ctx, RateLimitConfig config) {
        Identity caller = Exchange.of(ctx).caller();
        if (caller == null) {
            return null;
        }
        String credential = ctx.request().headers().get(HttpHeaderNames.AUTHORIZATION);
        if (caller.has(Role.ROLE_HANDOFF)) {
            // A phone cannot use up what its user may do, nor the other way round.
            return new Bucket(
                    PREFIX + "handoff:" + hash(String.valueOf(caller.handoff())), "With this code", config.user());
        }
        return caller.scopes() != null && credential != null
                ? new Bucket(PREFIX + "key:" + hash(credential), "With this API key", config.apiKey())
                : new Bucket(PREFIX + "user:" + hash(caller.subject()), "As this user", config.user());
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(Arrays.copyOf(digest, DIGEST_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This JDK has no SHA-256.", e);
        }
    }
}
