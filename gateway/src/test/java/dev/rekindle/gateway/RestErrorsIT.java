package dev.rekindle.gateway;

import static dev.rekindle.gateway.Answers.problem;
import static dev.rekindle.gateway.Answers.violation;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.credits.v1.BillingServiceGrpc;
import dev.rekindle.credits.v1.ListPlansResponse;
import dev.rekindle.jobs.v1.CreateJobResponse;
import dev.rekindle.jobs.v1.GetJobRequest;
import dev.rekindle.jobs.v1.GetJobResponse;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobsServiceGrpc;
import dev.rekindle.jobs.v1.ListJobsResponse;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.platform.rpc.RpcService;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
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

/** What REST refuses, and how the problem reads. */
class RestErrorsIT {
    private static final String ID = "01890000-0000-7000-8000-000000000001";
    private static final CountDownLatch NEVER = new CountDownLatch(1);

    private static GatewayFixture fixture;

    @BeforeAll
    static void start() throws Exception {
        fixture = new GatewayFixture(
                List.of(
                        RpcService.of(JobsServiceGrpc.getServiceDescriptor())
                                .unary(JobsServiceGrpc.getGetJobMethod(), RestErrorsIT::getJob)
                                .unary(
                                        JobsServiceGrpc.getListJobsMethod(),
                                        request -> ListJobsResponse.getDefaultInstance())
                                .unary(
                                        JobsServiceGrpc.getCreateJobMethod(),
                                        request -> CreateJobResponse.getDefaultInstance())
                                .build(),
                        RpcService.of(BillingServiceGrpc.getServiceDescriptor())
                                .unary(
                                        BillingServiceGrpc.getListPlansMethod(),
                                        request -> ListPlansResponse.getDefaultInstance())
                                .build()),
                Map.of("limits.unary_max", "2s", "limits.body_bytes_max", "65536"));
    }

    /** Users of these names make it fail in these ways. */
    private static GetJobResponse getJob(GetJobRequest request) throws InterruptedException {
        switch (Identity.currentUser()) {
            case "crash" -> throw new IllegalStateException("jdbc:postgresql://10.0.0.7/secret");
            case "poor" -> throw Failure.of(Reason.REASON_INSUFFICIENT_CREDITS, "You have 1 credit; expected 2.");
            case "flood" ->
                throw Failure.of(Reason.REASON_RATE_LIMITED, "Slower, please.").withRetryDelay(Duration.ofMillis(2500));
            case "slow" -> NEVER.await(30, TimeUnit.SECONDS);
            default -> {
                // the others get their job
            }
        }
        return GetJobResponse.newBuilder()
                .setJob(Job.newBuilder().setId(request.getJobId()).setUserId(Identity.currentUser()))
                .build();
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    @Test
    @Tag("API-02")
    void a_query_that_does_not_fit_names_every_parameter() throws Exception {
        JsonObject problem = problem(
                fixture.get("ada", "/v1/jobs?page_size=many&colour=red&photoId=a&photoId=b&states=BROKEN"),
                400,
                "INVALID_REQUEST");

        assertThat(violation(problem, "pageSize").get("description").getAsString())
                .isEqualTo("is \"many\"; expected a whole number of 32 bits.");
        assertThat(violation(problem, "colour").get("description").getAsString())
                .contains("is not a parameter of this call", "pageSize");
        assertThat(violation(problem, "photoId").get("description").getAsString())
                .contains("given 2 times");
        assertThat(violation(problem, "states").get("description").getAsString())
                .contains("JOB_STATE_QUEUED");
    }

    @Test
    @Tag("API-02")
    void a_body_that_does_not_fit_names_every_field() throws Exception {
        JsonObject problem = problem(
                fixture.post(
                        "ada",
                        "/v1/jobs",
                        "{\"photoIds\":\"x\",\"spec\":{\"restoration\":{\"restore\":1,\"colour\":true}},\"priority\":\"SOON\"}"),
                400,
                "INVALID_REQUEST");

        assertThat(violation(problem, "photoIds").get("description").getAsString())
                .contains("expected a list");
        assertThat(violation(problem, "spec.restoration.restore")
                        .get("description")
                        .getAsString())
                .isEqualTo("is 1; expected true or false.");
        assertThat(violation(problem, "spec.restoration.colour")
                        .get("description")
                        .getAsString())
                .contains("is not a field of RestorationSpec");
        assertThat(violation(problem, "priority").get("description").getAsString())
                .contains("PRIORITY_HIGH");
    }

    @Test
    @Tag("API-02")
    void rules_of_the_contract_name_their_field() throws Exception {
        JsonObject problem = problem(
                fixture.post("ada", "/v1/jobs", "{\"photoIds\":[\"" + ID + "\"],\"spec\":{\"restoration\":{}}}"),
                400,
                "INVALID_REQUEST");
        assertThat(violation(problem, "spec.restoration").get("rule").getAsString())
                .isEqualTo("restoration.some_work");

        JsonObject image = problem(
                fixture.post(
                        "ada",
                        "/v1/jobs",
                        "{\"photo_ids\":[\"x\"],\"spec\":{\"image\":{\"outputs\":[{\"name\":\"a\",\"resizeMode\":77}]}}}"),
                400,
                "INVALID_REQUEST");
        assertThat(violation(image, "photoIds[0]").get("rule").getAsString()).isEqualTo("string.uuid");
        assertThat(violation(image, "spec.image.outputs[0].resizeMode")
                        .get("rule")
                        .getAsString())
                .isEqualTo("enum.defined_only");
        assertThat(image.get("detail").getAsString()).startsWith("photoIds[0]: is \"x\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"photoIds\":[  | the body ends too early",
                "{'photoIds':[]}  | single quotes",
                "{\"a\":1} {}     | something follows",
                "[]               | not an object",
                "{\"photoIds\":[1,]} | a comma too much",
                "nonsense         | no JSON at all"
            })
    @Tag("API-02")
    void malformed_json_is_a_problem_that_tells_the_place(String body, String why) throws Exception {
        problem(fixture.post("ada", "/v1/jobs", body), 400, "INVALID_REQUEST");
    }

    @Test
    @Tag("API-02")
    void malformed_json_is_located() throws Exception {
        JsonObject problem =
                problem(fixture.post("ada", "/v1/jobs", "{\n  \"photoIds\": nope\n}"), 400, "INVALID_REQUEST");
        assertThat(problem.get("detail").getAsString()).contains("line 2");
    }

    @Test
    @Tag("API-02")
    void what_http_itself_refuses_is_a_problem_too() throws Exception {
        problem(fixture.get("ada", "/v1/nothing"), 404, "NOT_FOUND");
        problem(fixture.get("ada", "/nothing.js"), 404, "NOT_FOUND");
        HttpResponse<String> put = fixture.send(fixture.as("ada", "/v1/jobs").PUT(BodyPublishers.ofString("{}")));
        problem(put, 405, "INVALID_REQUEST");
        assertThat(put.headers().firstValue("allow")).contains("GET, POST");
        problem(
                fixture.send(fixture.as("ada", "/v1/jobs/" + ID).header("Accept", "image/png")),
                406,
                "INVALID_REQUEST");
        problem(
                fixture.send(fixture.as("ada", "/v1/jobs")
                        .header("Content-Type", "text/plain")
                        .POST(BodyPublishers.ofString("{}"))),
                415,
                "UNSUPPORTED_MEDIA");
        problem(
                fixture.send(fixture.as("ada", "/v1/jobs")
                        .header("Content-Type", "application/json; charset=none-such")
                        .POST(BodyPublishers.ofString("{}"))),
                415,
                "UNSUPPORTED_MEDIA");
        problem(fixture.post("ada", "/v1/jobs", "{\"clientId\":\"" + "x".repeat(70_000) + "\"}"), 413, "TOO_LARGE");
        problem(
                fixture.send(fixture.as("ada", "/rekindle.jobs.v1.JobsService/GetJob")
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString("{}"))),
                415,
                "UNSUPPORTED_MEDIA");
        problem(fixture.get("ada", "/rekindle.jobs.v1.JobsService/GetJob"), 405, "INVALID_REQUEST");
    }

    @Test
    @Tag("API-02")
    void a_mistake_of_ours_says_nothing_of_what_is_inside() throws Exception {
        HttpResponse<String> response = fixture.get("crash", "/v1/jobs/" + ID);
        problem(response, 500, "INTERNAL");
        assertThat(response.body()).doesNotContain("jdbc", "10.0.0.7", "Exception");
    }

    @Test
    @Tag("API-02")
    void a_refusal_that_passes_says_when_to_come_back() throws Exception {
        HttpResponse<String> response = fixture.get("flood", "/v1/jobs/" + ID);
        problem(response, 429, "RATE_LIMITED");
        assertThat(response.headers().firstValue("retry-after")).contains("3");
        problem(fixture.get("poor", "/v1/jobs/" + ID), 402, "INSUFFICIENT_CREDITS");
    }

    @Test
    @Tag("API-05")
    void a_service_that_does_not_answer_is_given_up() throws Exception {
        problem(fixture.get("slow", "/v1/jobs/" + ID), 504, "DEADLINE_EXCEEDED");
    }

    @Test
    @Tag("API-01")
    void a_service_that_is_away_is_a_problem_to_try_again() throws Exception {
        HttpResponse<String> response = fixture.get("ada", "/v1/engines");
        problem(response, 501, "UNIMPLEMENTED");
        try (GatewayFixture alone = new GatewayFixture()) {
            alone.mesh.stop("jobs");
            HttpResponse<String> away = alone.send(alone.as("ada", "/v1/jobs/" + ID));
            problem(away, 503, "UNAVAILABLE");
            assertThat(away.headers().firstValue("retry-after")).isPresent();
            assertThat(away.body()).doesNotContain("127.0.0.1");
            HttpResponse<String> health = alone.send(alone.anonymous("/health"));
            assertThat(health.statusCode()).isEqualTo(503);
            assertThat(health.body()).contains("\"jobs\":\"failed\"", "\"credits\":\"ok\"");
        }
    }

    @Test
    @Tag("API-04")
    void without_a_token_only_what_is_open_answers() throws Exception {
        HttpResponse<String> response = fixture.send(fixture.anonymous("/v1/jobs/" + ID));
        problem(response, 401, "UNAUTHENTICATED");
        assertThat(response.headers().firstValue("www-authenticate")).contains("Bearer realm=\"rekindle\"");
        assertThat(fixture.send(fixture.anonymous("/v1/plans")).statusCode()).isEqualTo(200);
        HttpResponse<String> forged =
                fixture.send(fixture.anonymous("/v1/plans").header("Authorization", "Bearer nonsense"));
        problem(forged, 401, "UNAUTHENTICATED");
        assertThat(forged.headers().firstValue("www-authenticate"))
                .contains("Bearer realm=\"rekindle\", error=\"invalid_token\"");
    }
}
