package dev.rekindle.platform.db;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.UUID;

/** Where a page ends: the id of its last row, opaque to callers. */
public final class PageToken {
    private static final int PAGE_SIZE_USUAL = 20;
    private static final int PAGE_SIZE_MAX = 100;

    private PageToken() {}

    /** The token of the page after the row. */
    public static String after(UUID id) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(("a" + id).getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * The row a token stands for.
     *
     * @throws Failure INVALID_TOKEN if it is none of ours
     */
    public static UUID read(String token) {
        try {
            String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.US_ASCII);
            if (text.length() == 37 && text.startsWith("a")) {
                return UUID.fromString(text.substring(1));
            }
        } catch (IllegalArgumentException e) {
            // Not ours, as the exception below says.
        }
        throw Failure.of(
                Reason.REASON_INVALID_TOKEN,
                "The page token was not made by this server; leave it out to begin with the first page.");
    }

    /** The rows a page has for the size asked: 20 where none was, never more than 100. */
    public static int pageSize(int asked) {
        return asked == 0 ? PAGE_SIZE_USUAL : Math.min(asked, PAGE_SIZE_MAX);
    }
}
