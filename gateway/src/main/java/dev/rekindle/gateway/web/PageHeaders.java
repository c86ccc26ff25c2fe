package dev.rekindle.gateway.web;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpHeaders;
import java.util.List;

/** The headers that tell a browser what an answer may do. */
public final class PageHeaders {
    private static final String NOTHING = "default-src 'none'; frame-ancestors 'none'";

    private PageHeaders() {}

    /** Headers of every answer that says nothing else: data, not a page. */
    public static HttpHeaders ofData(boolean tls) {
        var headers = HttpHeaders.builder()
                .set(HttpHeaderNames.CONTENT_SECURITY_POLICY, NOTHING)
                .set(HttpHeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff")
                .set(HttpHeaderNames.X_FRAME_OPTIONS, "DENY")
                .set(HttpHeaderNames.REFERRER_POLICY, "no-referrer")
                .set("cross-origin-opener-policy", "same-origin")
                .set("permissions-policy", "camera=(self), clipboard-read=(self), geolocation=(), microphone=()");
        if (tls) {
            headers.set(HttpHeaderNames.STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains");
        }
        return headers.build();
    }

    /** What a page of ours may do: its own scripts and styles, pictures it made, requests to these origins. */
    static String policyOfPage(List<String> connectOrigins) {
        String connect = connectOrigins.isEmpty() ? "" : " " + String.join(" ", connectOrigins);
        return "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; "
                + "media-src 'self' blob:; font-src 'self'; worker-src 'self'; manifest-src 'self'; connect-src 'self' blob:"
                + connect + "; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
    }
}
