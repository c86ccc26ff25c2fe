package dev.rekindle.embedded.runpod;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stand-in for RunPod's serverless API with one endpoint: {@code run}, {@code status}, {@code cancel} and
 * {@code health}, and with webhooks. It really changes the pictures it is sent, and fails as scripted: from a test, or by
 * {@code POST /faults/{name}}, each for the next job. Who asks for a video gets the one it was given.
 */
public final class RunPodServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RunPodServer.class);
    private static final int BODY_BYTES_MAX = 10 << 20;

    /**
     * How it is run.
     *
     * @param port 0 takes a free one
     * @param queued how long a job waits
     * @param running how long it runs
     * @param kept how long an ended job is known
     * @param webhooks ends of jobs are told to addresses below this one, if asked for; empty: to none
     */
    public record Config(
            int port,
            String apiKey,
            String endpoint,
            Duration queued,
            Duration running,
            Duration kept,
            String webhooks) {}

    /**
     * A job as tests see it.
     *
     * @param looks how often it was looked at
     * @param webhook where its end is to be told; empty: nowhere
     */
    public record Seen(String id, String state, String input, int looks, String webhook) {}

    private record Answer(int status, String body) {}

    private final Config config;
    private final Clock clock;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final TouchPicture touching = new TouchPicture();
    private final RunPodWebhooks webhooks;
    private final Map<String, RunPodJob> jobs = new LinkedHashMap<>();
    private final Map<String, Instant> ends = new LinkedHashMap<>();
    private final Deque<RunPodFault> script = new ArrayDeque<>();
    private byte[] film = new byte[0];
    private boolean unwell;
    private int calls;

    private RunPodServer(Config config, Clock clock) throws IOException {
        this.config = config;
        this.clock = clock;
        webhooks = new RunPodWebhooks(config.webhooks(), clock, threads);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), config.port()), 0);
        server.setExecutor(threads);
        server.createContext("/v2/", this::api);
        server.createContext("/results/", this::result);
        server.createContext("/faults/", this::fault);
    }

    /**
     * Starts one, open at once.
     *
     * @throws IOException if the port cannot be had
     */
    public static RunPodServer start(Config config, Clock clock) throws IOException {
        RunPodServer made = new RunPodServer(config, clock);
        made.server.start();
        return made;
    }

    /** The address of the API, as the setting {@code runpod.base_url} wants it. */
    public URI baseUrl() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v2");
    }

    /** What goes wrong with the next jobs, in order; those after them go well. */
    public synchronized void script(RunPodFault... faults) {
        script.addAll(Arrays.asList(faults));
    }

    /** The video that everybody gets who asks for one; without it such jobs fail. */
    public synchronized void film(byte[] video) {
        film = video.clone();
    }

    private synchronized byte[] film() throws IOException {
        if (film.length == 0) {
            throw new IOException("the stand-in was given no video");
        }
        return film;
    }

    /** From now on its health says that none of its workers can serve, or that one can. */
    public synchronized void unwell(boolean now) {
        unwell = now;
    }

    /** All jobs that were taken, oldest first. */
    public synchronized List<Seen> jobs() {
        List<Seen> seen = new ArrayList<>();
        jobs.values()
                .forEach(job -> seen.add(new Seen(
                        job.id(), job.state(clock.instant()), job.input().toString(), job.looks(), job.webhook())));
        return seen;
    }

    /** Calls of {@code run}, refused ones too. */
    public synchronized int calls() {
        return calls;
    }

    private void api(HttpExchange exchange) throws IOException {
        try (exchange) {
            String[] parts = exchange.getRequestURI().getPath().split("/", -1);
            byte[] body = exchange.getRequestBody().readNBytes(BODY_BYTES_MAX + 1);
            String key = exchange.getRequestHeaders().getFirst("Authorization");
            String operation = parts.length < 4 ? "" : parts[3];
            String id = parts.length < 5 ? "" : parts[4];
            Answer answer;
            if (!("Bearer " + config.apiKey()).equals(key)) {
                answer = new Answer(401, "");
            } else if (parts.length < 4 || !parts[2].equals(config.endpoint())) {
                answer = new Answer(404, error("endpoint not found"));
            } else {
                answer = switch (exchange.getRequestMethod() + " " + operation) {
                    case "POST run" -> run(body);
                    case "GET status" -> status(id);
                    case "POST cancel" -> cancel(id);
                    case "GET health" -> health();
                    case String other -> new Answer(404, error("no " + other));
                };
            }
            if (answer.status() == 429) {
                exchange.getResponseHeaders().set("Retry-After", "1");
            }
            if (answer.status() > 0) {
                reply(
                        exchange,
                        answer.status(),
                        "application/json",
                        answer.body().getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private synchronized Answer run(byte[] body) {
        calls++;
        JsonObject request;
        try {
            JsonElement parsed = JsonParser.parseString(new String(body, StandardCharsets.UTF_8));
            request = parsed.isJsonObject() ? parsed.getAsJsonObject() : new JsonObject();
        } catch (JsonParseException e) {
            return new Answer(400, error("no JSON"));
        }
        String wrong = body.length > BODY_BYTES_MAX ? "body exceeds 10MB" : wrong(request);
        if (!wrong.isEmpty()) {
            return new Answer(400, error(wrong));
        }
        RunPodFault fault = script.isEmpty() ? RunPodFault.NONE : script.remove();
        if (fault == RunPodFault.LIMITED) {
            return new Answer(429, error("rate limit exceeded"));
        }
        if (fault == RunPodFault.ERROR) {
            return new Answer(500, error("internal error at " + request.get("webhook")));
        }
        String id = "standin-" + (jobs.size() + 1) + "-u1";
        String webhook = request.has("webhook") ? request.get("webhook").getAsString() : "";
        RunPodJob job = new RunPodJob(id, request.getAsJsonObject("input"), webhook, fault, clock.instant(), config);
        jobs.put(id, job);
        JsonElement policy = request.get("policy");
        if (policy != null && policy.getAsJsonObject().has("ttl")) {
            long ttl = policy.getAsJsonObject().get("ttl").getAsLong();
            ends.put(id, clock.instant().plusMillis(ttl));
        }
        threads.execute(() -> work(job));
        webhooks.watch(job, () -> job.told(clock.instant(), resultUrl(job)).toString());
        JsonObject answer = new JsonObject();
        answer.addProperty("id", id);
        answer.addProperty("status", "IN_QUEUE");
        return fault == RunPodFault.LOST_ANSWER ? new Answer(0, "") : new Answer(200, answer.toString());
    }

    /** What RunPod would refuse. */
    private static String wrong(JsonObject request) {
        if (!(request.get("input") instanceof JsonObject input) || input.isEmpty()) {
            return "input is empty";
        }
        if (request.has("webhook") && !isAddress(request.get("webhook"))) {
            return "webhook is no address";
        }
        if (request.get("policy") instanceof JsonObject policy) {
            boolean shortRun = policy.has("executionTimeout")
                    && policy.get("executionTimeout").getAsLong() < 5_000;
            boolean shortLife = policy.has("ttl") && policy.get("ttl").getAsLong() < 10_000;
            return shortRun || shortLife ? "policy out of bounds" : "";
        }
        return "";
    }

    private static boolean isAddress(JsonElement webhook) {
        try {
            return webhook.isJsonPrimitive()
                    && URI.create(webhook.getAsString()).getHost() != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private void work(RunPodJob job) {
        try {
            byte[] made = job.films() ? film() : touching.touch(job.input(), job.fault() == RunPodFault.OTHER_SHAPE);
            job.made(job.fault() == RunPodFault.CORRUPT_RESULT ? Arrays.copyOf(made, made.length / 3) : made);
        } catch (IOException | RuntimeException e) {
            log.info("The stand-in cannot do {}: {}", job.id(), e.getMessage());
            job.failed(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized Answer status(String id) {
        RunPodJob job = known(id);
        if (job == null || job.fault() == RunPodFault.FORGOTTEN) {
            return new Answer(404, error("job not found"));
        }
        int look = job.look();
        if (job.fault() == RunPodFault.STATUS_ERRORS && look < 3) {
            return switch (look) {
                case 0 -> new Answer(500, error("internal error"));
                case 1 -> new Answer(429, error("rate limit exceeded"));
                default -> new Answer(0, "");
            };
        }
        return new Answer(200, job.shown(clock.instant(), resultUrl(job)).toString());
    }

    private synchronized Answer cancel(String id) {
        RunPodJob job = known(id);
        if (job == null) {
            return new Answer(404, error("job not found"));
        }
        job.cancel(clock.instant());
        return new Answer(200, job.shown(clock.instant(), resultUrl(job)).toString());
    }

    /** A job that is neither past its life nor kept long enough after its end. */
    private @Nullable RunPodJob known(String id) {
        RunPodJob job = jobs.get(id);
        if (job == null) {
            return null;
        }
        Instant now = clock.instant();
        Instant end = ends.getOrDefault(id, Instant.MAX);
        Instant ended = job.ended();
        boolean expired = ended == null ? now.isAfter(end) : now.isAfter(ended.plus(config.kept()));
        return expired ? null : job;
    }

    private String resultUrl(RunPodJob job) {
        return job.fault() == RunPodFault.INNER_RESULT_URL
                ? "https://169.254.169.254/latest/meta-data/result.png"
                : baseUrl()
                        .resolve("/results/" + job.id() + (job.films() ? ".mp4" : ".png"))
                        .toString();
    }

    private synchronized Answer health() {
        Map<String, Integer> counts = new LinkedHashMap<>();
        for (String name : List.of("completed", "failed", "inProgress", "inQueue", "retried")) {
            counts.put(name, 0);
        }
        for (RunPodJob job : jobs.values()) {
            String name = switch (job.state(clock.instant())) {
                case "COMPLETED" -> "completed";
                case "IN_QUEUE" -> "inQueue";
                case "IN_PROGRESS" -> "inProgress";
                default -> "failed";
            };
            counts.merge(name, 1, Integer::sum);
        }
        JsonObject counted = new JsonObject();
        counts.forEach(counted::addProperty);
        JsonObject workers = new JsonObject();
        for (String name : List.of("idle", "initializing", "ready", "running", "throttled", "unhealthy")) {
            workers.addProperty(name, name.equals(unwell ? "unhealthy" : "ready") ? 1 : 0);
        }
        JsonObject health = new JsonObject();
        health.add("jobs", counted);
        health.add("workers", workers);
        return new Answer(200, health.toString());
    }

    private void result(HttpExchange exchange) throws IOException {
        try (exchange) {
            String name = exchange.getRequestURI().getPath().substring("/results/".length());
            RunPodJob job;
            synchronized (this) {
                job = jobs.get(name.replaceFirst("\\.[a-z0-9]+$", ""));
            }
            byte[] picture = job == null ? null : job.result();
            if (job == null || picture == null || job.fault() == RunPodFault.DEAD_RESULT_URL) {
                reply(exchange, 404, "text/plain", new byte[0]);
            } else if (job.fault() == RunPodFault.BROKEN_RESULT_URL && job.fetch() == 0) {
                exchange.sendResponseHeaders(200, picture.length);
                exchange.getResponseBody().write(picture, 0, picture.length / 2);
            } else {
                reply(exchange, 200, job.films() ? "video/mp4" : "image/png", picture);
            }
        }
    }

    private void fault(HttpExchange exchange) throws IOException {
        try (exchange) {
            String name = exchange.getRequestURI().getPath().substring("/faults/".length());
            try {
                script(RunPodFault.valueOf(name.toUpperCase(Locale.ROOT)));
                reply(exchange, 204, "text/plain", new byte[0]);
            } catch (IllegalArgumentException e) {
                byte[] names = (Arrays.toString(RunPodFault.values()) + "\n").getBytes(StandardCharsets.UTF_8);
                reply(exchange, 404, "text/plain", names);
            }
        }
    }

    private static String error(String what) {
        JsonObject error = new JsonObject();
        error.addProperty("error", what);
        return error.toString();
    }

    private static void reply(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        webhooks.close();
        threads.shutdownNow();
    }
}
