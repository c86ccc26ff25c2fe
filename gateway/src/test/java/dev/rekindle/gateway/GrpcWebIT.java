package dev.rekindle.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.GetJobRequest;
import dev.rekindle.jobs.v1.GetJobResponse;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobsServiceGrpc;
import dev.rekindle.jobs.v1.WatchJobRequest;
import dev.rekindle.jobs.v1.WatchJobResponse;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.platform.rpc.RpcService;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** gRPC-Web as a browser speaks it: frames over a plain HTTP client, from a page of another origin. */
class GrpcWebIT {
    private static final String ID = "01890000-0000-7000-8000-000000000001";
    private static final String ORIGIN = "https://pages.example";
    private static final String GET_JOB = "/rekindle.jobs.v1.JobsService/GetJob";
    private static final String WATCH_JOB = "/rekindle.jobs.v1.JobsService/WatchJob";

    private static GatewayFixture fixture;
    private static volatile CountDownLatch next = new CountDownLatch(0);
    private static volatile CountDownLatch cancelled = new CountDownLatch(1);

    @BeforeAll
    static void start() throws Exception {
        fixture = new GatewayFixture(
                List.of(RpcService.of(JobsServiceGrpc.getServiceDescriptor())
                        .unary(
                                JobsServiceGrpc.getGetJobMethod(),
                                request -> GetJobResponse.newBuilder()
                                        .setJob(Job.newBuilder()
                                                .setId(request.getJobId())
                                                .setUserId(Identity.currentUser())
                                                .setCostMicroUsd(Long.MAX_VALUE))
                                        .build())
                        .serverStreaming(JobsServiceGrpc.getWatchJobMethod(), (request, answers) -> {
                            answers.onCancel(() -> cancelled.countDown());
                            for (int i = 0; i < 3; i++) {
                                answers.send(WatchJobResponse.newBuilder()
                                        .setEventId("e" + i)
                                        .build());
                                next.await(20, TimeUnit.SECONDS);
                            }
                            throw Failure.of(Reason.REASON_OVERLOADED, "Später – zu viel.");
                        })
                        .build()),
                Map.of("cors.origins", ORIGIN));
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    private static HttpRequest.Builder call(String path, byte[] message) {
        byte[] frame = ByteBuffer.allocate(5 + message.length)
                .put((byte) 0)
                .putInt(message.length)
                .put(message)
                .array();
        return fixture.as("ada", path)
                .header("Content-Type", "application/grpc-web+proto")
                .header("X-Grpc-Web", "1")
                .header("Origin", ORIGIN)
                .POST(BodyPublishers.ofByteArray(frame));
    }

    /** One frame: a message, or the trailers as text. */
    private record Frame(boolean trailers, ByteString bytes) {
        static Frame read(InputStream in) throws IOException {
            int flag = in.read();
            if (flag < 0) {
                throw new EOFException("The stream has ended.");
            }
            int length = new DataInputStream(in).readInt();
            return new Frame((flag & 0x80) != 0, ByteString.copyFrom(in.readNBytes(length)));
        }

        Map<String, String> trailersByName() {
            Map<String, String> trailers = new HashMap<>();
            bytes.toStringUtf8().lines().forEach(line -> {
                int colon = line.indexOf(':');
                trailers.put(line.substring(0, colon), line.substring(colon + 1).strip());
            });
            return trailers;
        }
    }

    private static HttpResponse<InputStream> send(HttpRequest.Builder request) throws Exception {
        return fixture.http().send(request.build(), BodyHandlers.ofInputStream());
    }

    private static com.google.rpc.Status details(String text) throws InvalidProtocolBufferException {
        return com.google.rpc.Status.parseFrom(Base64.getDecoder().decode(text));
    }

    private static byte[] bytes(Message message) {
        return message.toByteArray();
    }

    @Test
    @Tag("API-02")
    void a_call_in_a_form_that_is_not_spoken_here_is_told_so_as_any_other() throws Exception {
        HttpResponse<InputStream> response = send(fixture.as("ada", "/rekindle.jobs.v1.JobsService/GetJob")
                .header("Content-Type", "application/grpc-web+json")
                .POST(BodyPublishers.ofByteArray(new byte[] {0, 0, 0, 0, 2, '{', '}'})));

        assertThat(response.headers().firstValue("grpc-status")).contains("3");
        assertThat(response.headers().firstValue("grpc-message").orElse("")).contains("application/grpc-web+json");
    }

    @Test
    @Tag("CARD-03")
    void a_unary_call_answers_a_message_and_trailers() throws Exception {
        HttpResponse<InputStream> response =
                send(call(GET_JOB, bytes(GetJobRequest.newBuilder().setJobId(ID).build())));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("access-control-allow-origin")).contains(ORIGIN);
        assertThat(response.headers()
                        .firstValue("access-control-expose-headers")
                        .orElse(""))
                .contains("grpc-status", "grpc-message", "grpc-status-details-bin", "retry-after");
        try (InputStream body = response.body()) {
            Job job = GetJobResponse.parseFrom(Frame.read(body).bytes()).getJob();
            assertThat(job.getUserId()).isEqualTo("ada");
            assertThat(job.getCostMicroUsd()).isEqualTo(Long.MAX_VALUE);
            assertThat(Frame.read(body).trailersByName()).containsEntry("grpc-status", "0");
        }
    }

    @Test
    @Tag("CARD-02")
    void messages_of_a_stream_arrive_one_by_one_and_a_failure_in_the_trailers() throws Exception {
        next = new CountDownLatch(1);
        HttpResponse<InputStream> response = send(
                call(WATCH_JOB, bytes(WatchJobRequest.newBuilder().setJobId(ID).build())));
        try (InputStream body = response.body()) {
            // The service holds the second message back until the first has been read here.
            assertThat(WatchJobResponse.parseFrom(Frame.read(body).bytes()).getEventId())
                    .isEqualTo("e0");
            next.countDown();
            assertThat(Frame.read(body).trailers()).isFalse();
            assertThat(Frame.read(body).trailers()).isFalse();
            Frame last = Frame.read(body);
            assertThat(last.trailers()).isTrue();
            assertThat(last.trailersByName())
                    .containsEntry("grpc-status", "8")
                    .containsEntry("grpc-message", "Sp%C3%A4ter %E2%80%93 zu viel.");
            assertThat(details(last.trailersByName().getOrDefault("grpc-status-details-bin", ""))
                            .getDetailsList())
                    .hasSize(2);
        }
    }

    @Test
    @Tag("API-02")
    void a_refusal_carries_its_details_in_the_headers() throws Exception {
        HttpResponse<InputStream> response = send(
                call(GET_JOB, bytes(GetJobRequest.newBuilder().setJobId("x").build())));
        assertThat(response.headers().firstValue("grpc-status")).contains("3");
        com.google.rpc.Status details =
                details(response.headers().firstValue("grpc-status-details-bin").orElse(""));
        assertThat(details.getDetails(1)
                        .unpack(BadRequest.class)
                        .getFieldViolations(0)
                        .getField())
                .isEqualTo("job_id");
        response.body().close();
    }

    @Test
    @Tag("API-04")
    void a_bad_token_is_told_as_grpc_tells_it() throws Exception {
        HttpRequest.Builder call = call(GET_JOB, new byte[0]).setHeader("Authorization", "Bearer nonsense");
        HttpResponse<InputStream> response = send(call);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).contains("application/grpc-web+proto");
        assertThat(response.headers().firstValue("grpc-status")).contains("16");
        assertThat(details(response.headers()
                                .firstValue("grpc-status-details-bin")
                                .orElse(""))
                        .getDetailsCount())
                .isEqualTo(1);
        assertThat(response.headers().firstValue("access-control-allow-origin")).contains(ORIGIN);
        response.body().close();
    }

    @Test
    @Tag("API-01")
    void a_browser_that_leaves_ends_the_call_behind_the_gateway() throws Exception {
        cancelled = new CountDownLatch(1);
        next = new CountDownLatch(1);
        HttpResponse<InputStream> response = send(
                call(WATCH_JOB, bytes(WatchJobRequest.newBuilder().setJobId(ID).build())));
        assertThat(Frame.read(response.body())).isNotNull();
        response.body().close();
        assertThat(cancelled.await(10, TimeUnit.SECONDS)).isTrue();
        next.countDown();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "flags that are reserved,      proto, 070000000901",
        "nothing at all,               proto, ''",
        "half a head,                  proto, 000000",
        "less than the head says,      proto, 000000000901",
        "gzip that is none,            proto, 01000000020102",
        "gzip cut short,               proto, 010000000c1f8b0800000000000000e362",
        "trailers instead of messages, proto, 8000000010677270632d7374617475733a20300d0a",
        "a message that is none,       proto, 0000000003ffffff",
        "what is not base64,           text,  2a2a2a2a",
        "base64 of half a head,        text,  41414141"
    })
    @Tag("API-02")
    void frames_that_are_none_are_an_invalid_request(String what, String format, String body) throws Exception {
        HttpResponse<InputStream> response = send(fixture.as("ada", GET_JOB)
                .header(
                        "Content-Type",
                        format.equals("text") ? "application/grpc-web-text" : "application/grpc-web+proto")
                .header("Grpc-Encoding", "gzip")
                .POST(BodyPublishers.ofByteArray(HexFormat.of().parseHex(body))));
        assertThat(response.headers().firstValue("grpc-status")).as(what).contains("3");
        response.body().close();
    }

    @Test
    @Tag("API-07")
    void a_page_of_an_allowed_origin_may_ask_before_it_calls() throws Exception {
        HttpResponse<String> allowed = preflight(GET_JOB, ORIGIN);
        assertThat(allowed.statusCode()).isEqualTo(200);
        assertThat(allowed.headers().firstValue("access-control-allow-headers").orElse(""))
                .contains("authorization", "x-grpc-web", "grpc-timeout", "idempotency-key", "traceparent");
        assertThat(preflight("/v1/jobs", ORIGIN).headers().firstValue("access-control-allow-origin"))
                .contains(ORIGIN);
        assertThat(preflight(GET_JOB, "https://evil.example").headers().firstValue("access-control-allow-origin"))
                .isEmpty();
    }

    private static HttpResponse<String> preflight(String path, String origin) throws Exception {
        return fixture.send(fixture.anonymous(path)
                .header("Origin", origin)
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "authorization,content-type,x-grpc-web")
                .method("OPTIONS", BodyPublishers.noBody()));
    }
}
