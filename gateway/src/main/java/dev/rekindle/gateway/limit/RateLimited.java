package dev.rekindle.gateway.limit;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.SimpleDecoratingHttpService;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.gateway.call.Refusals;
import dev.rekindle.platform.rpc.Failure;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Lets a call pass if its bucket allows it, and tells how much is left. */
final class RateLimited extends SimpleDecoratingHttpService {
    private static final String LIMIT = "ratelimit-limit";
    private static final String REMAINING = "ratelimit-remaining";
    private static final String RESET = "ratelimit-reset";

    private final RateLimits limits;
    private final Refusals refusals;
    private final Function<ServiceRequestContext, @Nullable Bucket> bucketOf;

    RateLimited(
            HttpService delegate,
            RateLimits limits,
            Refusals refusals,
            Function<ServiceRequestContext, @Nullable Bucket> bucketOf) {
        super(delegate);
        this.limits = limits;
        this.refusals = refusals;
        this.bucketOf = bucketOf;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext ctx, HttpRequest req) throws Exception {
        Bucket bucket = bucketOf.apply(ctx);
        if (bucket == null) {
            return unwrap().serve(ctx, req);
        }
        Context trace = Context.current();
        CompletableFuture<HttpResponse> answer = new CompletableFuture<>();
        var _ = limits.take(bucket)
                .thenAccept(verdict ->
                        ctx.eventLoop().execute(trace.wrap(() -> answer(ctx, req, bucket, verdict, answer))));
        return HttpResponse.of(answer);
    }

    private void answer(
            ServiceRequestContext ctx,
            HttpRequest req,
            Bucket bucket,
            RateLimits.Verdict verdict,
            CompletableFuture<HttpResponse> answer) {
        try {
            tell(ctx, verdict);
            answer.complete(
                    verdict.allowed() ? unwrap().serve(ctx, req) : refusals.answer(ctx, failure(bucket, verdict)));
        } catch (Exception e) {
            answer.completeExceptionally(e);
        }
    }

    /** Of several limits the one is told that is nearer. */
    private static void tell(ServiceRequestContext ctx, RateLimits.Verdict verdict) {
        String before = ctx.additionalResponseHeaders().get(REMAINING);
        if (before == null || Long.parseLong(before) > verdict.remaining()) {
            ctx.setAdditionalResponseHeader(LIMIT, verdict.limit());
            ctx.setAdditionalResponseHeader(REMAINING, verdict.remaining());
            ctx.setAdditionalResponseHeader(RESET, seconds(verdict.reset()));
        }
    }

    private static Failure failure(Bucket bucket, RateLimits.Verdict verdict) {
        return Failure.of(
                        Reason.REASON_RATE_LIMITED,
                        bucket.whose() + " come more calls than the "
                                + bucket.rate().perSecond() + " a second ("
                                + bucket.rate().burst() + " at once) that are allowed.")
                .withRetryDelay(verdict.retryAfter());
    }

    private static long seconds(Duration duration) {
        return duration.plusMillis(999).toSeconds();
    }
}
