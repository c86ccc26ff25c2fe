package dev.rekindle.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.credits.v1.AnalyticsServiceGrpc;
import dev.rekindle.credits.v1.BillingServiceGrpc;
import dev.rekindle.credits.v1.GetCostReportRequest;
import dev.rekindle.credits.v1.GetCostReportResponse;
import dev.rekindle.credits.v1.ListPlansResponse;
import dev.rekindle.credits.v1.ReceiveStripeEventRequest;
import dev.rekindle.credits.v1.ReceiveStripeEventResponse;
import dev.rekindle.events.v1.UpdateWebhookRequest;
import dev.rekindle.events.v1.UpdateWebhookResponse;
import dev.rekindle.events.v1.Webhook;
import dev.rekindle.events.v1.WebhooksServiceGrpc;
import dev.rekindle.jobs.v1.CancelJobResponse;
import dev.rekindle.jobs.v1.CreateJobRequest;
import dev.rekindle.jobs.v1.CreateJobResponse;
import dev.rekindle.jobs.v1.GetJobRequest;
import dev.rekindle.jobs.v1.GetJobResponse;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.jobs.v1.JobsServiceGrpc;
import dev.rekindle.jobs.v1.ListJobsRequest;
import dev.rekindle.jobs.v1.ListJobsResponse;
import dev.rekindle.jobs.v1.QuoteJobResponse;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.platform.rpc.RpcService;
import java.net.http.HttpRequest;
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

/** REST by a plain HTTP client. */
class RestIT {
    private static final String ID = "01890000-0000-7000-8000-000000000001";
    private static final String JOB = "{\"photoIds\":[\"" + ID + "\"],\"spec\":{\"restoration\":{\"restore\":true}}}";

    private static GatewayFixture fixture;
    private static volatile ListJobsRequest listed = ListJobsRequest.getDefaultInstance();
    private static volatile CreateJobRequest created = CreateJobRequest.getDefaultInstance();
    private static volatile GetCostReportRequest reported = GetCostReportRequest.getDefaultInstance();
    private static volatile UpdateWebhookRequest updated = UpdateWebhookRequest.getDefaultInstance();
    private static volatile ReceiveStripeEventRequest received = ReceiveStripeEventRequest.getDefaultInstance();
    private static final CountDownLatch NEVER = new CountDownLatch(1);

    @BeforeAll
    static void start() throws Exception {
        fixture = new GatewayFixture(
                List.of(
                        RpcService.of(JobsServiceGrpc.getServiceDescriptor())
                                .unary(JobsServiceGrpc.getGetJobMethod(), RestIT::getJob)
                                .unary(JobsServiceGrpc.getListJobsMethod(), request -> {
                                    listed = request;
                                    return ListJobsResponse.getDefaultInstance();
                                })
                                .unary(JobsServiceGrpc.getCreateJobMethod(), request -> {
                                    created = request;
                                    return CreateJobResponse.newBuilder()
                                            .setJob(Job.newBuilder().setId(ID).setCreditCost(2))
                                            .build();
                                })
                                .unary(
                                        JobsServiceGrpc.getQuoteJobMethod(),
                                        request -> QuoteJobResponse.newBuilder()
                                                .setCreditCost(3)
                                                .build())
                                .unary(
                                        JobsServiceGrpc.getCancelJobMethod(),
                                        request -> CancelJobResponse.newBuilder()
                                                .setJob(Job.newBuilder()
                                                        .setId(request.getJobId())
                                                        .setState(JobState.JOB_STATE_CANCELLED))
                                                .build())
                                .build(),
                        RpcService.of(AnalyticsServiceGrpc.getServiceDescriptor())
                                .unary(AnalyticsServiceGrpc.getGetCostReportMethod(), request -> {
                                    reported = request;
                                    return GetCostReportResponse.getDefaultInstance();
                                })
                                .build(),
                        RpcService.of(BillingServiceGrpc.getServiceDescriptor())
                                .unary(
                                        BillingServiceGrpc.getListPlansMethod(),
                                        request -> ListPlansResponse.getDefaultInstance())
                                .unary(BillingServiceGrpc.getReceiveStripeEventMethod(), request -> {
                                    received = request;
                                    return ReceiveStripeEventResponse.getDefaultInstance();
                                })
                                .build(),
                        RpcService.of(WebhooksServiceGrpc.getServiceDescriptor())
                                .unary(WebhooksServiceGrpc.getUpdateWebhookMethod(), request -> {
                                    updated = request;
                                    return UpdateWebhookResponse.newBuilder()
                                            .setWebhook(Webhook.newBuilder().setId(request.getWebhookId()))
                                            .build();
                                })
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

    private static HttpResponse<String> get(String user, String path) throws Exception {
        return fixture.send(fixture.as(user, path));
    }

    private static HttpResponse<String> post(String path, String json) throws Exception {
        return fixture.send(fixture.as("ada", path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json)));
    }

    private static JsonObject json(HttpResponse<String> response) {
        return JsonParser.parseString(response.body()).getAsJsonObject();
    }

    private static JsonObject problem(HttpResponse<String> response, int status, String reason) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("content-type")).contains("application/problem+json");
        JsonObject problem = json(response);
        assertThat(problem.get("status").getAsInt()).isEqualTo(status);
        assertThat(problem.get("reason").getAsString()).isEqualTo(reason);
        assertThat(problem.get("type").getAsString())
                .isEqualTo("https://rekindle.dev/problems/"
                        + reason.toLowerCase(java.util.Locale.ROOT).replace('_', '-'));
        assertThat(problem.get("request_id").getAsString())
                .isEqualTo(response.headers().firstValue("x-request-id").orElse("none"));
        assertThat(problem.keySet()).contains("title", "detail", "instance", "timestamp", "violations");
        return problem;
    }

    private static JsonObject violation(JsonObject problem, String field) {
        JsonArray violations = problem.getAsJsonArray("violations");
        for (int i = 0; i < violations.size(); i++) {
            if (violations.get(i).getAsJsonObject().get("field").getAsString().equals(field)) {
                return violations.get(i).getAsJsonObject();
            }
        }
        throw new AssertionError("No violation of " + field + " in " + problem);
    }

    @Test
    @Tag("CARD-03")
    void a_get_is_the_bare_resource_of_its_caller() throws Exception {
        HttpResponse<String> response = get("ada", "/v1/jobs/" + ID);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).contains("application/json");
        assertThat(json(response).get("id").getAsString()).isEqualTo(ID);
        assertThat(json(response).get("userId").getAsString()).isEqualTo("ada");
        assertThat(json(response).get("creditCost").getAsInt()).isZero();
    }

    @Test
    @Tag("API-01")
    void a_create_answers_201_and_where_the_thing_is() throws Exception {
        HttpResponse<String> response = post("/v1/jobs", JOB);

        assertThat(response.statusCode()).isEqualTo(201);
        assertThat(response.headers().firstValue("location")).contains("/v1/jobs/" + ID);
        assertThat(json(response).get("creditCost").getAsInt()).isEqualTo(2);
        assertThat(created.getSpec().getRestoration().getRestore()).isTrue();
    }

    @Test
    @Tag("API-01")
    void a_verb_on_a_collection_creates_nothing() throws Exception {
        HttpResponse<String> response = post("/v1/jobs:quote", "{\"spec\":{\"restoration\":{\"colourize\":true}}}");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(json(response).get("creditCost").getAsInt()).isEqualTo(3);
    }

    @Test
    @Tag("API-01")
    void every_binding_of_a_call_answers() throws Exception {
        HttpResponse<String> posted = post("/v1/jobs/" + ID + ":cancel", "");
        HttpResponse<String> deleted =
                fixture.send(fixture.as("ada", "/v1/jobs/" + ID).DELETE());

        assertThat(json(posted).get("state").getAsString()).isEqualTo("JOB_STATE_CANCELLED");
        assertThat(json(deleted)).isEqualTo(json(posted));
    }

    @Test
    @Tag("API-01")
    void query_parameters_fill_fields_of_every_sort() throws Exception {
        assertThat(get("ada", "/v1/jobs?pageSize=5&states=JOB_STATE_QUEUED&states=JOB_STATE_FAILED&photo_id=" + ID)
                        .statusCode())
                .isEqualTo(200);
        assertThat(listed.getPageSize()).isEqualTo(5);
        assertThat(listed.getPhotoId()).isEqualTo(ID);
        assertThat(listed.getStatesList()).containsExactly(JobState.JOB_STATE_QUEUED, JobState.JOB_STATE_FAILED);

        String token = fixture.token("root", dev.rekindle.common.v1.Role.ROLE_ADMIN);
        HttpResponse<String> nested = fixture.send(fixture.anonymous(
                        "/v1/admin/costs?from.year=2026&from.month=1&from.day=2&to.year=2026&to.month=1&to.day=3")
                .header("Authorization", "Bearer " + token));
        assertThat(nested.statusCode()).as(nested.body()).isEqualTo(200);
        assertThat(reported.getFrom().getYear()).isEqualTo(2026);
        assertThat(reported.getTo().getDay()).isEqualTo(3);
    }

    @Test
    @Tag("API-02")
    void a_query_that_does_not_fit_names_every_parameter() throws Exception {
        JsonObject problem = problem(
                get("ada", "/v1/jobs?page_size=many&colour=red&photoId=a&photoId=b&states=BROKEN"),
                400,
                "INVALID_REQUEST");

        assertThat(violation(problem, "page_size").get("description").getAsString())
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
                post(
                        "/v1/jobs",
                        "{\"photoIds\":\"x\",\"spec\":{\"restoration\":{\"restore\":1,\"colour\":true}},\"priority\":\"SOON\"}"),
                400,
                "INVALID_REQUEST");

        assertThat(violation(problem, "photo_ids").get("description").getAsString())
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
                post("/v1/jobs", "{\"photoIds\":[\"" + ID + "\"],\"spec\":{\"restoration\":{}}}"),
                400,
                "INVALID_REQUEST");
        assertThat(violation(problem, "spec.restoration").get("rule").getAsString())
                .isEqualTo("restoration.some_work");
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
        problem(post("/v1/jobs", body), 400, "INVALID_REQUEST");
    }

    @Test
    @Tag("API-02")
    void malformed_json_is_located() throws Exception {
        JsonObject problem = problem(post("/v1/jobs", "{\n  \"photoIds\": nope\n}"), 400, "INVALID_REQUEST");
        assertThat(problem.get("detail").getAsString()).contains("line 2");
    }

    @Test
    @Tag("API-02")
    void what_http_itself_refuses_is_a_problem_too() throws Exception {
        problem(get("ada", "/v1/nothing"), 404, "NOT_FOUND");
        problem(get("ada", "/nothing.js"), 404, "NOT_FOUND");
        HttpResponse<String> put = fixture.send(fixture.as("ada", "/v1/jobs").PUT(BodyPublishers.ofString("{}")));
        problem(put, 405, "INVALID_REQUEST");
        assertThat(put.headers().firstValue("allow")).contains("GET, POST");
        problem(
                fixture.send(fixture.as("ada", "/v1/jobs/" + ID).header("Accept", "application/xml")),
                406,
                "INVALID_REQUEST");
        problem(
                fixture.send(fixture.as("ada", "/v1/jobs")
                        .header("Content-Type", "text/plain")
                        .POST(BodyPublishers.ofString("{}"))),
                415,
                "UNSUPPORTED_MEDIA");
        problem(post("/v1/jobs", "{\"clientId\":\"" + "x".repeat(70_000) + "\"}"), 413, "TOO_LARGE");
        problem(
                fixture.send(fixture.as("ada", "/rekindle.jobs.v1.JobsService/GetJob")
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString("{}"))),
                415,
                "UNSUPPORTED_MEDIA");
        problem(get("ada", "/rekindle.jobs.v1.JobsService/GetJob"), 405, "INVALID_REQUEST");
    }

    @Test
    @Tag("API-02")
    void a_mistake_of_ours_says_nothing_of_what_is_inside() throws Exception {
        HttpResponse<String> response = get("crash", "/v1/jobs/" + ID);
        problem(response, 500, "INTERNAL");
        assertThat(response.body()).doesNotContain("jdbc", "10.0.0.7", "Exception");
    }

    @Test
    @Tag("API-02")
    void a_refusal_that_passes_says_when_to_come_back() throws Exception {
        HttpResponse<String> response = get("flood", "/v1/jobs/" + ID);
        problem(response, 429, "RATE_LIMITED");
        assertThat(response.headers().firstValue("retry-after")).contains("3");
        problem(get("poor", "/v1/jobs/" + ID), 402, "INSUFFICIENT_CREDITS");
    }

    @Test
    @Tag("API-05")
    void a_service_that_does_not_answer_is_given_up() throws Exception {
        problem(get("slow", "/v1/jobs/" + ID), 504, "DEADLINE_EXCEEDED");
    }

    @Test
    @Tag("API-01")
    void a_service_that_is_away_is_a_problem_to_try_again() throws Exception {
        HttpResponse<String> response = get("ada", "/v1/engines");
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
    @Tag("JOB-08")
    void the_idempotency_key_is_the_request_id() throws Exception {
        HttpRequest.Builder request = fixture.as("ada", "/v1/jobs")
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", "key-1");
        fixture.send(request.POST(BodyPublishers.ofString(JOB)));
        assertThat(created.getRequestId()).isEqualTo("key-1");

        JsonObject problem = problem(
                fixture.send(request.POST(
                        BodyPublishers.ofString(JOB.substring(0, JOB.length() - 1) + ",\"requestId\":\"other\"}"))),
                400,
                "INVALID_REQUEST");
        violation(problem, "request_id");
    }

    @Test
    @Tag("API-01")
    void a_body_may_be_one_field_of_the_request() throws Exception {
        HttpResponse<String> response = fixture.send(fixture.as("ada", "/v1/webhooks/" + ID)
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString("{\"url\":\"https://example.org/hook\"}")));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(updated.getWebhookId()).isEqualTo(ID);
        assertThat(updated.getSettings().getUrl()).isEqualTo("https://example.org/hook");

        JsonObject problem = problem(
                fixture.send(fixture.as("ada", "/v1/webhooks/" + ID)
                        .header("Content-Type", "application/json")
                        .PUT(BodyPublishers.ofString("{\"uri\":\"x\"}"))),
                400,
                "INVALID_REQUEST");
        violation(problem, "settings.uri");
    }

    @Test
    @Tag("API-01")
    void an_encoded_slash_stays_inside_its_variable() throws Exception {
        JsonObject problem = problem(get("ada", "/v1/jobs/a%2Fb"), 400, "INVALID_REQUEST");
        violation(problem, "job_id");
        problem(get("ada", "/v1/jobs/a/b/c"), 404, "NOT_FOUND");
        problem(get("ada", "/v1/jobs/" + ID + ":explode"), 404, "NOT_FOUND");
    }

    @Test
    @Tag("API-04")
    void without_a_token_only_what_is_open_answers() throws Exception {
        HttpResponse<String> response = fixture.send(fixture.anonymous("/v1/jobs/" + ID));
        problem(response, 401, "UNAUTHENTICATED");
        assertThat(response.headers().firstValue("www-authenticate")).contains("Bearer realm=\"rekindle\"");
        assertThat(fixture.send(fixture.anonymous("/v1/plans")).statusCode()).isEqualTo(200);
        problem(
                fixture.send(fixture.anonymous("/v1/plans").header("Authorization", "Bearer nonsense")),
                401,
                "UNAUTHENTICATED");
    }

    @Test
    @Tag("CR-05")
    void what_the_payment_provider_tells_is_passed_on_as_it_came() throws Exception {
        byte[] payload = "{ \"id\":  \"evt_1\" }".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        HttpResponse<String> response = fixture.send(fixture.anonymous("/v1/webhooks/stripe")
                .header("Stripe-Signature", "t=1,v1=abc")
                .POST(BodyPublishers.ofByteArray(payload)));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(received.getPayload().toByteArray()).isEqualTo(payload);
        assertThat(received.getSignature()).isEqualTo("t=1,v1=abc");
        problem(
                fixture.send(fixture.anonymous("/v1/webhooks/stripe").POST(BodyPublishers.noBody())),
                401,
                "UNAUTHENTICATED");
    }

    @Test
    @Tag("API-01")
    void head_and_options_are_answered() throws Exception {
        HttpResponse<String> head =
                fixture.send(fixture.as("ada", "/v1/jobs/" + ID).HEAD());
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        HttpResponse<String> options =
                fixture.send(fixture.as("ada", "/v1/jobs").method("OPTIONS", BodyPublishers.noBody()));
        assertThat(options.statusCode()).isEqualTo(204);
        assertThat(options.headers().firstValue("allow")).contains("GET, POST");
    }
}
