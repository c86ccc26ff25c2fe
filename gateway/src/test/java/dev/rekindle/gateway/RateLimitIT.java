package dev.rekindle.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekindle.credits.v1.ApiKey;
import dev.rekindle.credits.v1.ApiKeysServiceGrpc;
import dev.rekindle.credits.v1.VerifyApiKeyResponse;
import dev.rekindle.embedded.RedisProcess;
import dev.rekindle.jobs.v1.GetJobResponse;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobsServiceGrpc;
import dev.rekindle.platform.config.BadSettings;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.rpc.Failures;
import dev.rekindle.platform.rpc.RpcService;
import dev.rekindle.testkit.Eventually;
import dev.rekindle.testkit.Servers;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How often somebody may call, by address, user and API key. The buckets hardly refill while a test runs. */
@Tag("API-05")
class RateLimitIT {
    private static final String JOB = "01890000-0000-7000-8000-000000000001";
    private static final String PATH = "/v1/jobs/" + JOB;

    @BeforeEach
    void empty() {
        Servers.emptyRedis();
    }

    private static GatewayFixture start(Map<String, String> limits) throws InterruptedException {
        Map<String, String> settings = new HashMap<>(Map.of(
                "redis.url", Servers.redisConfig().url(),
                "rate_limits.answer_max", "5s",
                "rate_limits.user.per_second", "0.05",
                "rate_limits.user.burst", "3",
                "rate_limits.api_key.per_second", "0.05",
                "rate_limits.api_key.burst", "2"));
        settings.putAll(limits);
        return new GatewayFixture(
                List.of(
                        RpcService.of(JobsServiceGrpc.getServiceDescriptor())
                                .unary(
                                        JobsServiceGrpc.getGetJobMethod(),
                                        request -> GetJobResponse.newBuilder()
                                                .setJob(Job.newBuilder().setId(request.getJobId()))
                                                .build())
                                .build(),
                        RpcService.of(ApiKeysServiceGrpc.getServiceDescriptor())
                                .unary(
                                        ApiKeysServiceGrpc.getVerifyApiKeyMethod(),
                                        request -> VerifyApiKeyResponse.newBuilder()
                                                .setUserId("partner")
                                                .setApiKey(ApiKey.newBuilder().addScopes("jobs:read"))
                                                .build())
                                .build()),
                settings);
    }

    private static String header(HttpResponse<String> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    @Test
    void a_user_who_calls_too_often_is_told_when_to_come_back_and_others_are_not() throws Exception {
        try (GatewayFixture fixture = start(Map.of())) {
            for (int left = 2; left >= 0; left--) {
                HttpResponse<String> response = fixture.send(fixture.as("ada", PATH));
                assertThat(response.statusCode()).isEqualTo(200);
                assertThat(header(response, "ratelimit-limit")).isEqualTo("3");
                assertThat(header(response, "ratelimit-remaining")).isEqualTo(String.valueOf(left));
                assertThat(Integer.parseInt(header(response, "ratelimit-reset")))
                        .isBetween(1, 60);
            }
            HttpResponse<String> refused = fixture.send(fixture.as("ada", PATH));
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(header(refused, "content-type")).startsWith("application/problem+json");
            assertThat(refused.body()).contains("\"reason\":\"RATE_LIMITED\"");
            assertThat(header(refused, "ratelimit-remaining")).isEqualTo("0");
            assertThat(Integer.parseInt(header(refused, "retry-after"))).isBetween(1, 20);
            assertThat(fixture.send(fixture.as("bob", PATH)).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void all_gateways_and_wires_count_together() throws Exception {
        try (GatewayFixture one = start(Map.of());
                GatewayFixture other = start(Map.of())) {
            for (GatewayFixture fixture : List.of(one, other, one)) {
                assertThat(fixture.send(fixture.as("ada", PATH)).statusCode()).isEqualTo(200);
            }
            assertThat(other.send(other.as("ada", PATH)).statusCode()).isEqualTo(429);
            ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", other.gateway.port())
                    .usePlaintext()
                    .build();
            try {
                Metadata headers = new Metadata();
                headers.put(
                        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
                        "Bearer " + other.token("ada"));
                var stub = JobsServiceGrpc.newBlockingStub(channel)
                        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
                assertThatThrownBy(() -> stub.getJob(dev.rekindle.jobs.v1.GetJobRequest.newBuilder()
                                .setJobId(JOB)
                                .build()))
                        .satisfies(thrown -> {
                            var failure = Failures.of(thrown);
                            assertThat(failure.reason()).isEqualTo(dev.rekindle.common.v1.Reason.REASON_RATE_LIMITED);
                            assertThat(failure.retryDelay()).isNotNull();
                        });
            } finally {
                channel.shutdownNow();
            }
        }
    }

    @Test
    void every_api_key_has_a_bucket_of_its_own() throws Exception {
        try (GatewayFixture fixture = start(Map.of())) {
            for (int status : List.of(200, 200, 429)) {
                assertThat(fixture.send(key(fixture, "rk_one")).statusCode()).isEqualTo(status);
            }
            assertThat(fixture.send(key(fixture, "rk_two")).statusCode()).isEqualTo(200);
        }
    }

    private static HttpRequest.Builder key(GatewayFixture fixture, String key) {
        return fixture.anonymous(PATH).header("Authorization", "Bearer " + key);
    }

    @Test
    void an_address_is_limited_whoever_it_says_to_be_and_a_trusted_proxy_speaks_for_others() throws Exception {
        Map<String, String> limits = Map.of(
                "rate_limits.address.per_second", "0.05",
                "rate_limits.address.burst", "8", // the gateway warms up with calls to itself
                "http.trusted_proxies", "127.0.0.0/8");
        try (GatewayFixture fixture = start(limits)) {
            int status = 0;
            int calls = 0;
            while (status != 429 && calls++ < 10) {
                status = fixture.send(fixture.anonymous(PATH).header("Authorization", "Bearer guess-" + calls))
                        .statusCode();
                assertThat(status).isIn(401, 429);
            }
            assertThat(status).isEqualTo(429);
            assertThat(fixture.send(fixture.as("ada", PATH).header("X-Forwarded-For", "192.0.2.7"))
                            .statusCode())
                    .isEqualTo(200);
            assertThat(fixture.send(fixture.anonymous("/health/live")).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void without_redis_in_time_calls_pass() throws Exception {
        try (GatewayFixture fixture = start(Map.of("rate_limits.answer_max", "1ms"))) {
            // Paused clients keep every command waiting: Redis is there, and does not answer.
            try (var redis = Servers.openRedis()) {
                redis.sync().clientPause(3000);
            }
            for (int i = 0; i < 5; i++) {
                assertThat(fixture.send(fixture.as("ada", PATH)).statusCode()).isEqualTo(200);
            }
        }
    }

    @Test
    @Tag("OPS-08")
    void while_redis_is_gone_calls_pass_without_asking_it_and_are_limited_again_when_it_is_back(@TempDir Path folder)
            throws Exception {
        RedisProcess redis = RedisProcess.start(folder, Servers.binaries(), 0);
        Map<String, String> settings = Map.of(
                "redis.url", redis.url(),
                "redis.command_max", "300ms",
                "redis.circuit.within", "1h",
                "redis.circuit.open", "1h",
                "redis.circuit.test", "200ms",
                "rate_limits.user.burst", "1");
        try (GatewayFixture fixture = start(settings)) {
            redis.close();
            double open = Eventually.answers(() -> {
                assertThat(fixture.send(fixture.as("ada", PATH)).statusCode()).isEqualTo(200);
                assertThat(circuit(fixture)).isEqualTo(2);
                return circuit(fixture);
            });
            assertThat(open).isEqualTo(2);
            for (int i = 0; i < 5; i++) {
                assertThat(fixture.send(fixture.as("ada", PATH)).statusCode()).isEqualTo(200);
            }
            assertThat(fixture.telemetry
                            .metrics()
                            .get("circuit_breaker_refused_total")
                            .functionCounter()
                            .count())
                    .as("two buckets a call that Redis was not asked about")
                    .isGreaterThanOrEqualTo(10);
            HttpResponse<String> health = fixture.send(fixture.anonymous("/health/ready"));
            assertThat(health.body()).contains("\"redis\":\"circuit open\"").contains("\"degraded\":true");
            redis = RedisProcess.start(folder, Servers.binaries(), redis.port());
            HttpResponse<String> limited = Eventually.answers(() -> {
                HttpResponse<String> answer = fixture.send(fixture.as("ada", PATH));
                assertThat(answer.statusCode()).isEqualTo(429);
                return answer;
            });
            assertThat(limited.body()).contains("RATE_LIMITED");
            assertThat(circuit(fixture)).isZero();
        } finally {
            redis.close();
        }
    }

    private static double circuit(GatewayFixture fixture) {
        return fixture.telemetry
                .metrics()
                .get("circuit_breaker_state")
                .tag("dependency", "redis")
                .gauge()
                .value();
    }

    @Test
    void a_bad_setting_stops_the_start() {
        Settings settings = Settings.of(Map.of(
                "rate_limits.enabled", "true",
                "rate_limits.user.burst", "0",
                "rate_limits.address.per_second", "many"));
        var _ = dev.rekindle.gateway.limit.RateLimitConfig.from(settings);
        assertThatThrownBy(settings::check)
                .isInstanceOf(BadSettings.class)
                .hasMessageContaining("redis.url is missing")
                .hasMessageContaining("rate_limits.user.burst")
                .hasMessageContaining("rate_limits.address.per_second");
    }
}
