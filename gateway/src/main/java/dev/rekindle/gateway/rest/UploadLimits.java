package dev.rekindle.gateway.rest;

import com.linecorp.armeria.server.ServiceRequestContext;
import java.time.Duration;

/**
 * How much one upload may be, and how long it may take.
 *
 * @param bytesMax bytes of the whole content
 * @param idleMax how long a client may send nothing
 * @param requestMax how long one request may take
 */
record UploadLimits(long bytesMax, Duration idleMax, Duration requestMax) {
    /** Bytes besides the content that a multipart body may have: boundaries, headers, small fields. */
    private static final long EXTRA_BYTES = 64 << 10;

    /** Makes these the limits of a request. */
    void apply(ServiceRequestContext ctx) {
        ctx.setRequestTimeout(requestMax);
        ctx.setMaxRequestLength(bytesMax + EXTRA_BYTES);
    }
}
