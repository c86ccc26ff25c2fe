package dev.rekindle.gateway.rest;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.RequestHeaders;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/** The tag of a representation (RFC 9110): the same bytes have the same tag, and other bytes another. */
final class EntityTag {
    private static final int DIGEST_BYTES = 16;
    private static final String WEAK = "W/";

    private EntityTag() {}

    /** The tag of a body, quotes included. */
    static String of(String body) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(body.getBytes(StandardCharsets.UTF_8));
            return '"'
                    + Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, DIGEST_BYTES))
                    + '"';
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This JDK has no SHA-256.", e);
        }
    }

    /** True if the client has what the tag stands for, by its If-None-Match. */
    static boolean isKnown(RequestHeaders headers, String tag) {
        return headers.getAll(HttpHeaderNames.IF_NONE_MATCH).stream()
                .flatMap(header -> Arrays.stream(header.split(",", -1)))
                .map(String::strip)
                .map(known -> known.startsWith(WEAK) ? known.substring(WEAK.length()) : known)
                .anyMatch(known -> known.equals(tag) || known.equals("*"));
    }
}
