package dev.rekindle.gateway.rest;

import dev.rekindle.platform.rpc.Failure;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The path a client asked for: its segments, decoded one by one so that an encoded slash stays inside its segment, and
 * the verb after the last colon.
 */
record RequestPath(List<String> segments, String verb) {

    /**
     * Cuts a raw path.
     *
     * @throws Failure INVALID_REQUEST if it is not percent-encoded UTF-8
     */
    static RequestPath of(String raw) {
        String path = raw.startsWith("/") ? raw.substring(1) : raw;
        int slash = path.lastIndexOf('/');
        int colon = path.lastIndexOf(':');
        String verb = colon > slash ? path.substring(colon + 1) : "";
        List<String> segments = new ArrayList<>();
        for (String part : (colon > slash ? path.substring(0, colon) : path).split("/", -1)) {
            segments.add(decode(part));
        }
        return new RequestPath(List.copyOf(segments), verb);
    }

    private static String decode(String part) {
        if (part.indexOf('%') < 0) {
            return part;
        }
        try {
            String text = URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
            if (text.indexOf('\uFFFD') >= 0) {
                throw new IllegalArgumentException("not UTF-8");
            }
            return text;
        } catch (IllegalArgumentException e) {
            throw Failure.invalid("", "The path segment \"" + part + "\" is not percent-encoded UTF-8.");
        }
    }
}
