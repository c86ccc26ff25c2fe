package dev.rekindle.gateway.rest;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.server.HttpService;
import dev.rekindle.credits.v1.BillingServiceGrpc;
import dev.rekindle.events.v1.NotificationsServiceGrpc;
import dev.rekindle.gateway.auth.Authenticator;
import dev.rekindle.gateway.call.Contract;
import dev.rekindle.gateway.call.Deadlines;
import dev.rekindle.gateway.call.Mesh;
import dev.rekindle.gateway.call.OpenStreams;
import dev.rekindle.gateway.call.Refusals;
import dev.rekindle.gateway.call.Replies;
import dev.rekindle.jobs.v1.PhotosServiceGrpc;
import dev.rekindle.processing.v1.ProcessingServiceGrpc;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Builds the REST service out of the contracts: an endpoint for every rule of every public RPC, and the few paths whose
 * bodies are files.
 */
public final class RestBinder {
    private final RestConfig config;
    private final Replies replies;
    private final Refusals refusals;
    private final RestStream.Frame streams;
    private final RestCalls calls;

    public RestBinder(
            RestConfig config,
            Mesh mesh,
            Deadlines deadlines,
            OpenStreams openStreams,
            Refusals refusals,
            Replies replies) {
        this.config = config;
        this.replies = replies;
        this.refusals = refusals;
        this.calls = new RestCalls(mesh, deadlines);
        this.streams = new RestStream.Frame(replies, calls, deadlines, openStreams, refusals, config.keepAlive());
    }

    /** Every rule of every public RPC. */
    public static List<RestBinding> bindings() {
        return Contract.publicRpcs().stream()
                .flatMap(rpc -> RestBinding.of(rpc).stream())
                .toList();
    }

    /** The service for {@link EventSocket#PATH}. */
    public HttpService socket(Authenticator authenticator, SocketConfig socket, MeterRegistry metrics, Clock clock) {
        AtomicInteger open = new AtomicInteger();
        Gauge.builder("websocket_connections_active", open, AtomicInteger::get)
                .description("Open WebSocket connections")
                .register(metrics);
        return EventSocket.service(new EventSocket.Frame(
                calls,
                streams.deadlines(),
                streams.streams(),
                refusals,
                authenticator,
                socket,
                config.idleMax(),
                clock,
                open));
    }

    /** The service for {@code /v1}. */
    public HttpService service() {
        RestRouter router = new RestRouter();
        for (RestBinding binding : bindings()) {
            router.add(binding.method(), binding.path(), named(binding, endpoint(binding)));
        }
        UploadWriter writer = new UploadWriter(calls, config.idleMax());
        router.add(
                HttpMethod.PUT,
                UploadContent.PATH,
                named(
                        PhotosServiceGrpc.SERVICE_NAME,
                        "WriteUpload",
                        new UploadContent(writer, replies, config.uploads())));
        router.add(
                HttpMethod.POST,
                PhotoUpload.PATH,
                named(
                        PhotosServiceGrpc.SERVICE_NAME,
                        "UploadPhoto",
                        new PhotoUpload(new PhotoUploads(calls, writer), replies, config.uploads())));
        router.replace(
                HttpMethod.GET,
                PhotoContent.PATH,
                named(
                        PhotosServiceGrpc.SERVICE_NAME,
                        "ReadPhotoContent",
                        new PhotoContent(calls, replies, config.uploadMax(), config.redirect())));
        router.add(
                HttpMethod.POST,
                StripeWebhook.PATH,
                named(BillingServiceGrpc.SERVICE_NAME, "ReceiveStripeEvent", new StripeWebhook(calls, replies)));
        router.add(
                HttpMethod.POST,
                RunPodWebhook.PATH,
                named(
                        ProcessingServiceGrpc.SERVICE_NAME,
                        "ReceiveEngineHint",
                        new RunPodWebhook(calls, replies, config.idleMax())));
        RestEndpoint oneClick = named(
                NotificationsServiceGrpc.SERVICE_NAME, "UnsubscribeEmail", new OneClickUnsubscribe(calls, replies));
        router.add(HttpMethod.GET, OneClickUnsubscribe.PATH, oneClick);
        router.add(HttpMethod.POST, OneClickUnsubscribe.PATH, oneClick);
        return new RestService(router, refusals, config.bodyBytesMax());
    }

    private RestEndpoint endpoint(RestBinding binding) {
        RestRequest request = new RestRequest(binding, config.bodyBytesMax());
        return binding.rpc().answersStream()
                ? new RestStream(binding, request, streams)
                : new RestUnary(binding, request, calls, replies);
    }

    private static RestEndpoint named(RestBinding binding, RestEndpoint endpoint) {
        String service = binding.rpc().proto().getService().getFullName();
        String method = binding.rpc().proto().getName();
        return named(service, method, endpoint);
    }

    /** Logs and metrics name the RPC, not the path with its ids. */
    private static RestEndpoint named(String service, String method, RestEndpoint endpoint) {
        return (ctx, req, variables) -> {
            ctx.logBuilder().name(service, method);
            return endpoint.serve(ctx, req, variables);
        };
    }
}
