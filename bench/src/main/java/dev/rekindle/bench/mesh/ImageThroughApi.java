package dev.rekindle.bench.mesh;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.rekindle.common.v1.Role;
import dev.rekindle.platform.Closer;
import dev.rekindle.platform.telemetry.Logs;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The whole way of a picture as a partner's program goes it: uploaded as a form, an image job created at once, its events
 * read until it ends, the result fetched. All by REST through the gateway, everything in processes of its own.
 */
public final class ImageThroughApi implements AutoCloseable {
    private static final Duration START_MAX = Duration.ofMinutes(5);
    private static final Duration QUIET_MAX = Duration.ofMinutes(2);
    private static final Duration TOKEN_LIFE = Duration.ofHours(2);
    private static final Duration ANSWER_MAX = Duration.ofMinutes(1);
    private static final String EDGE = "rekindle-edge";
    private static final String USER = "partner";
    private static final int CREDITS = 1_000_000;

    private final Closer closer = new Closer();
    private final Path folder;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(ANSWER_MAX)
            .build();
    private final String gateway;
    private final String bearer;

    /** Starts the mesh with one worker; needs a minute. */
    public static ImageThroughApi start() throws Exception {
        Path folder = Files.createTempDirectory("rekindle-bench-");
        Logs.start(Logs.Format.TEXT, "warn", folder.resolve("bench.log").toString());
        return new ImageThroughApi(folder);
    }

    private ImageThroughApi(Path folder) throws Exception {
        this.folder = folder;
        Plan plan = new Plan(1, Duration.ZERO, QUIET_MAX, Set.of(), 1, folder);
        // As workers of `up` are started: the quick compiler, and memory for the largest photo there may be.
        Tuning worker =
                new Tuning(List.of("-XX:TieredStopAtLevel=1"), Map.of("worker.memory_bytes", String.valueOf(2L << 30)));
        try {
            World world = closer.add(World.start(plan, Map.of("worker-1", worker)));
            List<String> unready = new Calm(world).awaitReady(START_MAX);
            if (!unready.isEmpty()) {
                throw new IllegalStateException("Not ready after " + START_MAX.toSeconds() + " s: " + unready);
            }
            Diary diary = new Diary();
            Caller operator =
                    closer.add(new Caller("admin", world.gatewayPort(), world.issuer(), diary, Role.ROLE_ADMIN));
            Caller user = closer.add(new Caller(USER, world.gatewayPort(), world.issuer(), diary, Role.ROLE_USER));
            Owner.prepare(operator, user, CREDITS);
            gateway = "http://127.0.0.1:" + world.gatewayPort();
            bearer = "Bearer " + world.issuer().token(USER, Set.of(Role.ROLE_USER), TOKEN_LIFE);
        } catch (Exception | Error e) {
            closer.close();
            throw e;
        }
    }

    /** How a picture came to its result, in milliseconds of each part and of all. */
    private record Way(double upload, double job, double download) {
        double all() {
            return upload + job + download;
        }
    }

    /**
     * Goes the way so often, one after the other, after going it twice unmeasured.
     *
     * @param pipeline by which the upload is prepared; the job waits for that
     * @return milliseconds by name: p50, p95 and the most of all, and the p50 of each part
     */
    public Map<String, Double> measure(Path file, String contentType, String pipeline, int runs) throws Exception {
        once(file, contentType, pipeline);
        once(file, contentType, pipeline);
        Way[] ways = new Way[runs];
        for (int i = 0; i < runs; i++) {
            ways[i] = once(file, contentType, pipeline);
        }
        Map<String, Double> figures = new LinkedHashMap<>();
        Latencies all = latencies(ways, Way::all);
        figures.put("p50_ms", all.p50());
        figures.put("p95_ms", all.millis(0.95));
        figures.put("most_ms", all.max());
        figures.put("upload_p50_ms", latencies(ways, Way::upload).p50());
        figures.put("job_p50_ms", latencies(ways, Way::job).p50());
        figures.put("download_p50_ms", latencies(ways, Way::download).p50());
        return figures;
    }

    private static Latencies latencies(Way[] ways, java.util.function.ToDoubleFunction<Way> of) {
        return Latencies.of(java.util.Arrays.stream(ways)
                .mapToLong(way -> Math.round(of.applyAsDouble(way) * 1e6))
                .toArray());
    }

    private Way once(Path file, String contentType, String pipeline) throws Exception {
        long begun = System.nanoTime();
        String photo = upload(file, contentType, pipeline);
        long uploaded = System.nanoTime();
        String output = job(photo);
        long made = System.nanoTime();
        byte[] result = send(
                        request("/v1/photos/" + photo + "/content?variant=" + output)
                                .GET()
                                .build(),
                        BodyHandlers.ofByteArray())
                .body();
        long fetched = System.nanoTime();
        if (result.length < 10_000 || result[0] != (byte) 0xff || result[1] != (byte) 0xd8) {
            throw new IOException("The result is no JPEG; it has " + result.length + " bytes.");
        }
        send(request("/v1/photos/" + photo).DELETE().build(), BodyHandlers.ofString());
        return new Way((uploaded - begun) / 1e6, (made - uploaded) / 1e6, (fetched - made) / 1e6);
    }

    private String upload(Path file, String contentType, String pipeline) throws Exception {
        String head = String.join(
                "\r\n",
                "--" + EDGE,
                "Content-Disposition: form-data; name=\"pipeline\"",
                "",
                pipeline,
                "--" + EDGE,
                "Content-Disposition: form-data; name=\"file\"; filename=\"" + file.getFileName() + "\"",
                "Content-Type: " + contentType,
                "",
                "");
        BodyPublisher body = BodyPublishers.concat(
                BodyPublishers.ofString(head),
                BodyPublishers.ofFile(file),
                BodyPublishers.ofString("\r\n--" + EDGE + "--\r\n"));
        HttpRequest request = request("/v1/photos")
                .header("Content-Type", "multipart/form-data; boundary=" + EDGE)
                .POST(body)
                .build();
        return json(request).get("id").getAsString();
    }

    /** Creates the job and reads its events to the end; answers the id of its output. */
    private String job(String photo) throws Exception {
        String wish = """
                {"photoIds": ["%s"], "allowDuplicate": true, "spec": {"image": {"outputs": [
                    {"name": "web", "width": 1280, "height": 1280}]}}}""".formatted(photo);
        JsonObject created = json(request("/v1/jobs")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(wish))
                .build());
        String id = created.get("id").getAsString();
        send(request("/v1/jobs/" + id + "/events").GET().build(), BodyHandlers.ofString());
        JsonObject ended = json(request("/v1/jobs/" + id).GET().build());
        if (!ended.get("state").getAsString().endsWith("COMPLETED")) {
            throw new IOException("The job is not completed: " + ended);
        }
        return ended.getAsJsonArray("outputs")
                .get(0)
                .getAsJsonObject()
                .get("id")
                .getAsString();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(gateway + path))
                .timeout(ANSWER_MAX)
                .header("Authorization", bearer);
    }

    private JsonObject json(HttpRequest request) throws Exception {
        return JsonParser.parseString(send(request, BodyHandlers.ofString()).body())
                .getAsJsonObject();
    }

    private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> as) throws Exception {
        HttpResponse<T> answer = http.send(request, as);
        if (answer.statusCode() / 100 != 2) {
            throw new IOException(request.method() + " " + request.uri() + " was answered by " + answer.statusCode()
                    + ": " + answer.body());
        }
        return answer;
    }

    @Override
    public void close() throws IOException {
        http.close();
        closer.close();
        Ground.delete(folder);
    }
}
