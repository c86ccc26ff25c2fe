package dev.rekindle.gateway.rest;

import dev.rekindle.gateway.call.HttpRefusal;
import dev.rekindle.platform.rpc.Failure;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A piece of some content, both ends included, as the headers Range and Content-Range write it.
 *
 * @param first offset of the first byte
 * @param last offset of the last byte
 */
record ByteRange(long first, long last) {
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");

    /**
     * What a Content-Range header says of a piece that is sent.
     *
     * @param total size of the whole; -1 where the client does not know yet
     */
    record Sent(ByteRange piece, long total) {
        /** True if the whole ends with this piece. */
        boolean isLast() {
            return piece.last + 1 == total;
        }
    }

    long length() {
        return last - first + 1;
    }

    /**
     * The piece a Range header asks for; null where it asks for several or in another unit, which is answered with the
     * whole.
     *
     * @throws HttpRefusal 416 if it lies outside of the content
     */
    static @Nullable ByteRange asked(String header, long sizeBytes) {
        Matcher range = RANGE.matcher(header.strip());
        if (!range.matches() || (range.group(1).isEmpty() && range.group(2).isEmpty())) {
            return null;
        }
        long first;
        long last;
        if (range.group(1).isEmpty()) {
            first = Math.max(0, sizeBytes - Long.parseLong(range.group(2)));
            last = sizeBytes - 1;
        } else {
            first = Long.parseLong(range.group(1));
            last = range.group(2).isEmpty() ? sizeBytes - 1 : Math.min(Long.parseLong(range.group(2)), sizeBytes - 1);
        }
        if (first > last) {
            throw HttpRefusal.rangeNotSatisfiable(sizeBytes);
        }
        return new ByteRange(first, last);
    }

    /**
     * Reads a Content-Range header.
     *
     * @throws Failure INVALID_REQUEST if it is none
     */
    static Sent sent(String header) {
        Matcher range = CONTENT_RANGE.matcher(header.strip());
        if (range.matches()) {
            long first = Long.parseLong(range.group(1));
            long last = Long.parseLong(range.group(2));
            long total = range.group(3).equals("*") ? -1 : Long.parseLong(range.group(3));
            if (first <= last && (total < 0 || last < total)) {
                return new Sent(new ByteRange(first, last), total);
            }
        }
        throw Failure.invalid(
                "Content-Range",
                "is \"" + header + "\"; expected \"bytes FIRST-LAST/TOTAL\" with * for an unknown total.");
    }
}
