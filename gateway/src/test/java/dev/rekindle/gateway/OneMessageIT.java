package dev.rekindle.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.stream.StreamMessage;
import dev.rekindle.jobs.v1.GetJobRequest;
import dev.rekindle.jobs.v1.GetJobResponse;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobsServiceGrpc;
import dev.rekindle.jobs.v1.WatchJobResponse;
import dev.rekindle.platform.rpc.RpcService;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A call that takes one message, given none, one and two. */
@Tag("API-02")
class OneMessageIT {
    private static final String GET = "/rekindle.jobs.v1.JobsService/GetJob";
    private static final String WATCH = "/rekindle.jobs.v1.JobsService/WatchJob";
    private static final byte[] FIRST = frame("01890000-0000-7000-8000-000000000001");
    private static final byte[] SECOND = frame("01890000-0000-7000-8000-000000000002");
    private static final List<String> done = new CopyOnWriteArrayList<>();
    private static GatewayFixture fixture;
    private static ClientFactory connections;
    private static WebClient client;

    @BeforeAll
    static void start() throws Exception {
        fixture = new GatewayFixture(RpcService.of(JobsServiceGrpc.getServiceDescriptor())
                .unary(JobsServiceGrpc.getGetJobMethod(), request -> {
                    done.add(request.getJobId());
                    return GetJobResponse.newBuilder()
                            .setJob(Job.newBuilder().setId(request.getJobId()))
                            .build();
                })
                .serverStreaming(JobsServiceGrpc.getWatchJobMethod(), (request, answers) -> {
                    done.add(request.getJobId());
                    answers.send(WatchJobResponse.getDefaultInstance());
                })
                .build());
        connections = ClientFactory.builder().build();
        client = WebClient.builder("h2c://127.0.0.1:" + fixture.gateway.port())
                .factory(connections)
                .build();
    }

    @AfterAll
    static void stop() {
        connections.close();
        fixture.close();
    }

    @BeforeEach
    void forget() {
        done.clear();
    }

    private static byte[] frame(String jobId) {
        byte[] message = GetJobRequest.newBuilder().setJobId(jobId).build().toByteArray();
        return ByteBuffer.allocate(5 + message.length)
                .put((byte) 0)
                .putInt(message.length)
                .put(message)
                .array();
    }

    private static byte[] both() {
        byte[] both = Arrays.copyOf(FIRST, FIRST.length + SECOND.length);
        System.arraycopy(SECOND, 0, both, FIRST.length, SECOND.length);
        return both;
    }

    /** Sends a body in pieces of so many bytes. Answers the status, wherever it stands, and its words. */
    private static String call(String path, String type, byte[] body, int pieceBytes) {
        byte[] sent = type.contains("-text") ? Base64.getEncoder().encode(body) : body;
        List<HttpData> pieces = new ArrayList<>();
        for (int at = 0; at < sent.length; at += pieceBytes) {
            pieces.add(HttpData.wrap(Arrays.copyOfRange(sent, at, Math.min(sent.length, at + pieceBytes))));
        }
        RequestHeaders headers = RequestHeaders.builder(HttpMethod.POST, path)
                .set("content-type", type)
                .set("te", "trailers")
                .set("authorization", "Bearer " + fixture.token("ada"))
                .build();
        AggregatedHttpResponse answer = client.execute(
                        HttpRequest.of(headers, StreamMessage.of(pieces.toArray(HttpData[]::new))))
                .aggregate()
                .join();
        String content = type.contains("-text") && !answer.content().isEmpty()
                ? new String(Base64.getMimeDecoder().decode(answer.content().array()), StandardCharsets.ISO_8859_1)
                : answer.contentAscii();
        return (answer.headers() + " " + answer.trailers() + " " + content)
                .replaceAll("grpc-status[:=] ?", "grpc-status=");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/grpc", "application/grpc-web+proto", "application/grpc-web-text+proto"})
    void a_second_message_is_refused_and_the_first_is_not_done(String type) {
        for (int pieceBytes : new int[] {1, 7, FIRST.length, 1000}) {
            assertThat(call(GET, type, FIRST, pieceBytes)).as("one").contains("grpc-status=0");
            assertThat(done).hasSize(1);
            done.clear();
            String two = call(GET, type, both(), pieceBytes);
            assertThat(two).as("two").contains("grpc-status=3").contains("One message was expected");
            assertThat(done).isEmpty();
        }
        byte[] rest = Arrays.copyOf(FIRST, FIRST.length + 1);
        assertThat(call(GET, type, rest, 1000)).as("one and a byte").contains("grpc-status=3");
        assertThat(call(GET, type, new byte[0], 1)).as("none").contains("grpc-status=3");
        assertThat(done).isEmpty();
    }

    @Test
    void a_stream_of_answers_takes_one_message_as_well() {
        assertThat(call(WATCH, "application/grpc", FIRST, 1000)).contains("grpc-status=0");
        done.clear();
        assertThat(call(WATCH, "application/grpc", both(), 1000)).contains("grpc-status=3");
        assertThat(done).isEmpty();
    }
}
