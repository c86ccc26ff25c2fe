package dev.rekindle.gateway.call;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpStatus;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import java.util.Collection;
import java.util.stream.Collectors;

/** A refusal only HTTP has a word for: its status says more than the reason of the failure does. */
public final class HttpRefusal extends RuntimeException {
    private final transient HttpStatus status;
    private final Failure failure;
    private final transient HttpHeaders headers;

    private HttpRefusal(HttpStatus status, Failure failure, HttpHeaders headers) {
        super(failure);
        this.status = status;
        this.failure = failure;
        this.headers = headers;
    }

    /** A refusal with a status and words. */
    public static HttpRefusal of(HttpStatus status, String message) {
        return new HttpRefusal(status, Failure.of(Reason.REASON_INVALID_REQUEST, message), HttpHeaders.of());
    }

    /** The path is known, the method is not. */
    public static HttpRefusal methodNotAllowed(HttpMethod method, Collection<HttpMethod> allowed) {
        String methods = allowed.stream().map(HttpMethod::name).sorted().collect(Collectors.joining(", "));
        return new HttpRefusal(
                HttpStatus.METHOD_NOT_ALLOWED,
                Failure.of(Reason.REASON_INVALID_REQUEST, method + " is not allowed here; expected " + methods + "."),
                HttpHeaders.of(HttpHeaderNames.ALLOW, methods));
    }

    /** The client takes none of the forms there are. */
    public static HttpRefusal notAcceptable(String accept, String offered) {
        return of(HttpStatus.NOT_ACCEPTABLE, "Accept is \"" + accept + "\"; this call answers " + offered + ".");
    }

    /** The body is of another type than the call takes. */
    public static HttpRefusal unsupportedType(String contentType, String expected) {
        return new HttpRefusal(
                HttpStatus.UNSUPPORTED_MEDIA_TYPE,
                Failure.of(
                        Reason.REASON_UNSUPPORTED_MEDIA,
                        "Content-Type is \"" + contentType + "\"; expected " + expected + "."),
                HttpHeaders.of());
    }

    /** The bytes asked for lie outside of the content. */
    public static HttpRefusal rangeNotSatisfiable(long sizeBytes) {
        return new HttpRefusal(
                HttpStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
                Failure.of(Reason.REASON_INVALID_REQUEST, "The range lies outside of the " + sizeBytes + " bytes."),
                HttpHeaders.of(HttpHeaderNames.CONTENT_RANGE, "bytes */" + sizeBytes));
    }

    public HttpStatus status() {
        return status;
    }

    public Failure failure() {
        return failure;
    }

    /** Headers the answer carries besides. */
    public HttpHeaders headers() {
        return headers;
    }
}
