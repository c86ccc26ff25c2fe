package dev.rekindle.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import dev.rekindle.common.v1.Role;
import dev.rekindle.gateway.call.Contract;
import dev.rekindle.gateway.call.Contract.Rpc;
import dev.rekindle.platform.rpc.RpcService;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Frames and messages made up at random over gRPC and gRPC-Web: each is answered, and never as a mistake of ours. */
@Tag("API-02")
class GrpcFuzzTest {
    private static final int CALLS = 1500;
    private static final int SHOWN_BYTES_MAX = 100;
    private static final Duration ANSWER_MAX = Duration.ofSeconds(10);

    /** UNKNOWN, INTERNAL and DATA_LOSS: whoever hears them believes that we have made a mistake. */
    private static final Set<String> OUR_MISTAKES = Set.of("2", "13", "15");

    private static final List<String> TYPES = List.of(
            "application/grpc",
            "application/grpc+proto",
            "application/grpc-web",
            "application/grpc-web+proto",
            "application/grpc-web-text",
            "application/grpc-web-text+proto");
    private static final List<String> OTHER_TYPES =
            List.of("application/grpc+json", "application/grpcx", "application/grpc;x=y", "application/json");

    private final Random random;
    private final RandomFrames frames;
    private final List<Rpc> rpcs = Contract.publicRpcs();
    private GatewayFixture fixture;
    private ClientFactory connections;
    private WebClient client;
    private String token = "";

    GrpcFuzzTest() {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        System.out.println("GrpcFuzzTest: -Dfuzz.seed=" + seed);
        random = new Random(seed);
        frames = new RandomFrames(random);
    }

    @BeforeEach
    void start() throws Exception {
        fixture = new GatewayFixture(
                Contract.SERVICES.stream()
                        .map(descriptor -> RpcService.of(descriptor).build())
                        .toList(),
                Map.of());
        token = fixture.token("ada", EnumSet.allOf(Role.class).toArray(Role[]::new));
        connections = ClientFactory.builder().build();
        client = WebClient.builder("h2c://127.0.0.1:" + fixture.gateway.port())
                .factory(connections)
                .responseTimeout(ANSWER_MAX)
                .build();
    }

    @AfterEach
    void stop() {
        connections.close();
        fixture.close();
    }

    @Test
    void no_frame_is_our_mistake() {
        Map<String, Integer> answers = new TreeMap<>();
        for (int i = 0; i < CALLS; i++) {
            Rpc rpc = rpcs.get(random.nextInt(rpcs.size()));
            byte[] body = frames.body(rpc.proto().getInputType());
            HttpRequest request = request(rpc, body);
            String what = "call " + i + " " + request.headers() + " "
                    + HexFormat.of().formatHex(body, 0, Math.min(body.length, SHOWN_BYTES_MAX));
            AggregatedHttpResponse response =
                    client.execute(request).aggregate().join();
            String status = status(response);
            answers.merge(status, 1, Integer::sum);
            assertThat(OUR_MISTAKES).as(what + " " + response.headers()).doesNotContain(status);
            assertThat(status)
                    .as(what + " " + response.headers())
                    .doesNotStartWith("HTTP 5")
                    .isNotEqualTo("none");
            assertThat(response.headers() + response.contentUtf8() + response.trailers())
                    .as(what)
                    .doesNotContain("127.0.0.1", "Exception", "java.", "armeria");
        }
        // Far from all are refused at the first look: what is right reaches the services behind.
        assertThat(answers).containsKeys("3", "12");
    }

    private HttpRequest request(Rpc rpc, byte[] body) {
        String type = random.nextInt(20) == 0
                ? OTHER_TYPES.get(random.nextInt(OTHER_TYPES.size()))
                : TYPES.get(random.nextInt(TYPES.size()));
        RequestHeadersBuilder headers = RequestHeaders.builder(
                        HttpMethod.POST, "/" + rpc.method().getFullMethodName())
                .set("content-type", type)
                .set("te", "trailers");
        if (random.nextInt(20) > 0) {
            headers.set("authorization", "Bearer " + token);
        }
        if (random.nextInt(4) == 0) {
            headers.set(
                    "grpc-encoding", List.of("gzip", "identity", "snappy", "").get(random.nextInt(4)));
        }
        if (random.nextInt(8) == 0) {
            headers.set(
                    "grpc-timeout",
                    List.of("9S", "99999999H", "x", "-1S", "1", "S", "0n", "123456789S")
                            .get(random.nextInt(8)));
        }
        return HttpRequest.of(headers.build(), HttpData.wrap(type.contains("-text") ? text(body) : body));
    }

    private byte[] text(byte[] body) {
        return random.nextInt(10) == 0 ? body : Base64.getEncoder().encode(body);
    }

    /** The status of a call wherever it stands, or that of HTTP. */
    private static String status(AggregatedHttpResponse response) {
        String status = response.headers().get("grpc-status");
        status = status == null ? response.trailers().get("grpc-status") : status;
        if (status == null && String.valueOf(response.contentType()).startsWith("application/grpc-web")) {
            status = inBody(response);
        }
        return status == null ? "HTTP " + response.status().code() : status;
    }

    private static String inBody(AggregatedHttpResponse response) {
        byte[] body = response.content().array();
        if (String.valueOf(response.contentType()).contains("-text")) {
            body = Base64.getDecoder().decode(body);
        }
        ByteBuffer rest = ByteBuffer.wrap(body);
        while (rest.remaining() >= 5) {
            boolean trailers = (rest.get() & 0x80) != 0;
            byte[] frame = new byte[rest.getInt()];
            rest.get(frame);
            if (trailers) {
                return new String(frame, StandardCharsets.US_ASCII)
                        .lines()
                        .filter(line -> line.startsWith("grpc-status:"))
                        .map(line -> line.substring("grpc-status:".length()).strip())
                        .findFirst()
                        .orElse("none");
            }
        }
        return "none";
    }
}
