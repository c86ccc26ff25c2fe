package dev.rekindle.processing.engine.runpod;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.rekindle.platform.net.OutgoingHttp;
import dev.rekindle.processing.http.HttpCalls;
import dev.rekindle.processing.pipeline.Stop;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.jspecify.annotations.Nullable;

/** RunPod's API for one endpoint. Every call ends with an {@link Answer}; what follows from it is the caller's to say. */
final class RunPodApi implements AutoCloseable {
    /** What {@code /run} takes at most. */
    static final int REQUEST_BYTES_MAX = 10 << 20;

    private static final int RESPONSE_BYTES_MAX = 32 << 20;
    private static final int DETAIL_CHARS_MAX = 300;
    private static final int DETAIL_CHARS_READ_MAX = 4_000;
    /** What may be the token of a hint, in an answer that repeats the request. */
    private static final Pattern SECRET = Pattern.compile("[A-Za-z0-9_-]{43,}");

    private static final Set<String> UNABLE = Set.of("throttled", "unhealthy");

    /** How a call ended. */
    sealed interface Answer {
        /** With a job. */
        record Told(RunPodJob job) implements Answer {}

        /** There is no such job, or none any more; of a submission: no such endpoint. */
        record Gone() implements Answer {}

        /** Too many calls. */
        record Limited(@Nullable Duration retryAfter) implements Answer {}

        /** The call is not taken: a wrong key, a wrong request. */
        record Refused(int status, String detail) implements Answer {}

        /** An error over there; the call had no effect. */
        record Broken(String detail) implements Answer {}

        /** The call cannot have arrived. */
        record Unsent(String detail) implements Answer {}

        /** The call may have had its effect, but nobody knows. */
        record Lost(String detail) implements Answer {}
    }

    private final RunPodConfig config;
    private final HttpCalls http = new HttpCalls(SystemDefaultDnsResolver.INSTANCE);

    RunPodApi(RunPodConfig config) {
        this.config = config;
    }

    /** Submits. It cannot be stopped: whoever stops it would not learn the id of what runs. */
    Answer run(JsonObject request) {
        return call(post("run", request.toString()), new Stop());
    }

    Answer status(String id, Stop stop) {
        return call(new HttpGet(url("status/" + id)), stop);
    }

    /** Cancels; this too happens after the work was stopped. */
    Answer cancel(String id) {
        return call(post("cancel/" + id, "{}"), new Stop());
    }

    /**
     * Asks the endpoint how it is. It serves if any of its workers can, or if it has none at all, as those that grow with
     * the work do.
     */
    boolean serves(Stop stop) {
        HttpGet get = new HttpGet(url("health"));
        get.setHeader(HttpHeaders.AUTHORIZATION, "Bearer " + config.key().reveal());
        try {
            HttpCalls.Reply reply = http.call(get, config.times().callMax(), RESPONSE_BYTES_MAX, stop);
            return reply.status() == 200 && hasWorkers(reply.body().toStringUtf8());
        } catch (IOException | JsonParseException | IllegalStateException | ClassCastException e) {
            return false;
        }
    }

    private static boolean hasWorkers(String health) {
        JsonObject workers = JsonParser.parseString(health).getAsJsonObject().getAsJsonObject("workers");
        int able = 0;
        int all = 0;
        for (Map.Entry<String, JsonElement> count : workers.entrySet()) {
            all += count.getValue().getAsInt();
            able += UNABLE.contains(count.getKey()) ? 0 : count.getValue().getAsInt();
        }
        return able > 0 || all == 0;
    }

    private HttpPost post(String operation, String body) {
        HttpPost post = new HttpPost(url(operation));
        post.setEntity(new StringEntity(body, ContentType.APPLICATION_JSON));
        return post;
    }

    private URI url(String operation) {
        String base = config.baseUrl().toString();
        return URI.create((base.endsWith("/") ? base : base + "/") + config.endpoint() + "/" + operation);
    }

    private Answer call(HttpUriRequestBase request, Stop stop) {
        request.setHeader(HttpHeaders.AUTHORIZATION, "Bearer " + config.key().reveal());
        HttpCalls.Reply reply;
        try {
            reply = http.call(request, config.times().callMax(), RESPONSE_BYTES_MAX, stop);
        } catch (IOException e) {
            String detail = e.getClass().getSimpleName() + ": " + e.getMessage();
            return OutgoingHttp.isUnsent(e) ? new Answer.Unsent(detail) : new Answer.Lost(detail);
        }
        return answer(reply);
    }

    private static Answer answer(HttpCalls.Reply reply) {
        int status = reply.status();
        if (status >= 200 && status < 300) {
            return told(reply);
        }
        return switch (status) {
            case 404, 410 -> new Answer.Gone();
            case 429 -> new Answer.Limited(reply.retryAfter());
            // A gateway that got no answer does not know either.
            case 408, 502, 504 -> new Answer.Lost(detail(reply));
            default -> status >= 500 ? new Answer.Broken(detail(reply)) : new Answer.Refused(status, detail(reply));
        };
    }

    private static Answer told(HttpCalls.Reply reply) {
        try {
            return new Answer.Told(RunPodJob.parse(reply.body().toStringUtf8()));
        } catch (JsonParseException | IllegalStateException e) {
            return new Answer.Lost("no job: " + detail(reply));
        }
    }

    private static String detail(HttpCalls.Reply reply) {
        String body = reply.body().toStringUtf8();
        body = SECRET.matcher(body.substring(0, Math.min(body.length(), DETAIL_CHARS_READ_MAX)))
                .replaceAll("***");
        return "HTTP " + reply.status() + " " + body.substring(0, Math.min(body.length(), DETAIL_CHARS_MAX));
    }

    @Override
    public void close() throws IOException {
        http.close();
    }
}
