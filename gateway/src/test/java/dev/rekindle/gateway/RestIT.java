package dev.rekindle.gateway;

import static dev.rekindle.gateway.Answers.json;
import static dev.rekindle.gateway.Answers.problem;
import static dev.rekindle.gateway.Answers.violation;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.rekindle.common.v1.Role;
import dev.rekindle.credits.v1.AnalyticsServiceGrpc;
import dev.rekindle.credits.v1.BillingServiceGrpc;
import dev.rekindle.credits.v1.GetCostReportRequest;
import dev.rekindle.credits.v1.GetCostReportResponse;
import dev.rekindle.credits.v1.ReceiveStripeEventRequest;
import dev.rekindle.credits.v1.ReceiveStripeEventResponse;
import dev.rekindle.events.v1.ConfirmEmailAddressResponse;
import dev.rekindle.events.v1.NotificationsServiceGrpc;
import dev.rekindle.events.v1.PushSubscription;
import dev.rekindle.events.v1.RegisterPushSubscriptionRequest;
import dev.rekindle.events.v1.RegisterPushSubscriptionResponse;
import dev.rekindle.events.v1.UpdateWebhookRequest;
import dev.rekindle.events.v1.UpdateWebhookResponse;
import dev.rekindle.events.v1.Webhook;
import dev.rekindle.events.v1.WebhooksServiceGrpc;
import dev.rekindle.jobs.v1.CancelJobResponse;
import dev.rekindle.jobs.v1.CreateJobRequest;
import dev.rekindle.jobs.v1.CreateJobResponse;
import dev.rekindle.jobs.v1.GetJobResponse;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.jobs.v1.JobsServiceGrpc;
import dev.rekindle.jobs.v1.ListJobsRequest;
import dev.rekindle.jobs.v1.ListJobsResponse;
import dev.rekindle.jobs.v1.QuoteJobResponse;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.platform.rpc.RpcService;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** REST by a plain HTTP client. */
class RestIT {
    private static final String ID = "01890000-0000-7000-8000-000000000001";
    private static final String JOB = "{\"photoIds\":[\"" + ID + "\"],\"spec\":{\"restoration\":{\"restore\":true}}}";

    private static GatewayFixture fixture;
    private static volatile ListJobsRequest listed = ListJobsRequest.getDefaultInstance();
    private static volatile CreateJobRequest created = CreateJobRequest.getDefaultInstance();
    private static volatile GetCostReportRequest reported = GetCostReportRequest.getDefaultInstance();
    private static volatile RegisterPushSubscriptionRequest registered =
            RegisterPushSubscriptionRequest.getDefaultInstance();
    private static volatile UpdateWebhookRequest updated = UpdateWebhookRequest.getDefaultInstance();
    private static volatile ReceiveStripeEventRequest received = ReceiveStripeEventRequest.getDefaultInstance();

    @BeforeAll
    static void start() throws Exception {
        fixture = new GatewayFixture(
                RpcService.of(JobsServiceGrpc.getServiceDescriptor())
                        .unary(
                                JobsServiceGrpc.getGetJobMethod(),
                                request -> GetJobResponse.newBuilder()
                                        .setJob(Job.newBuilder()
                                                .setId(request.getJobId())
                                                .setUserId(Identity.currentUser()))
                                        .build())
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
                        .build(),
                RpcService.of(NotificationsServiceGrpc.getServiceDescriptor())
                        .unary(NotificationsServiceGrpc.getRegisterPushSubscriptionMethod(), request -> {
                            registered = request;
                            return RegisterPushSubscriptionResponse.newBuilder()
                                    .setSubscription(
                                            PushSubscription.newBuilder().setId(ID))
                                    .build();
                        })
                        .unary(
                                NotificationsServiceGrpc.getConfirmEmailAddressMethod(),
                                request -> ConfirmEmailAddressResponse.getDefaultInstance())
                        .build());
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    @Test
    @Tag("CARD-03")
    void a_get_is_the_bare_resource_of_its_caller() throws Exception {
        HttpResponse<String> response = fixture.get("ada", "/v1/jobs/" + ID);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).contains("application/json");
        assertThat(json(response).get("id").getAsString()).isEqualTo(ID);
        assertThat(json(response).get("userId").getAsString()).isEqualTo("ada");
        assertThat(json(response).get("creditCost").getAsInt()).isZero();
    }

    @Test
    @Tag("API-01")
    void a_create_answers_201_and_where_the_thing_is() throws Exception {
        HttpResponse<String> response = fixture.post("ada", "/v1/jobs", JOB);

        assertThat(response.statusCode()).isEqualTo(201);
        assertThat(response.headers().firstValue("location")).contains("/v1/jobs/" + ID);
        assertThat(json(response).get("creditCost").getAsInt()).isEqualTo(2);
        assertThat(created.getSpec().getRestoration().getRestore()).isTrue();
    }

    @Test
    @Tag("EV-06")
    void a_push_subscription_comes_as_browsers_write_it_and_a_link_of_an_e_mail_needs_no_sign_in() throws Exception {
        // PushSubscription.toJSON() has its keys in base64url.
        String point = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
        HttpResponse<String> response = fixture.post(
                "ada",
                "/v1/notifications/push-subscriptions",
                "{\"endpoint\":\"https://push.example.com/1\",\"p256dh\":\"" + point
                        + "\",\"auth\":\"BTBZMqHH6r4Tts7J_aSIgg\"}");
        assertThat(response.statusCode()).isEqualTo(201);
        assertThat(registered.getP256Dh().toByteArray())
                .isEqualTo(Base64.getUrlDecoder().decode(point));

        HttpResponse<String> confirmed = fixture.send(fixture.anonymous("/v1/notifications/email:confirm")
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofString("{\"token\":\"" + "t".repeat(43) + "\"}")));
        assertThat(confirmed.statusCode()).isEqualTo(200);
    }

    @Test
    @Tag("API-01")
    void a_verb_on_a_collection_creates_nothing() throws Exception {
        HttpResponse<String> response =
                fixture.post("ada", "/v1/jobs:quote", "{\"spec\":{\"restoration\":{\"colourize\":true}}}");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(json(response).get("creditCost").getAsInt()).isEqualTo(3);
    }

    @Test
    @Tag("API-01")
    void every_binding_of_a_call_answers() throws Exception {
        HttpResponse<String> posted = fixture.post("ada", "/v1/jobs/" + ID + ":cancel", "");
        HttpResponse<String> deleted =
                fixture.send(fixture.as("ada", "/v1/jobs/" + ID).DELETE());

        assertThat(json(posted).get("state").getAsString()).isEqualTo("JOB_STATE_CANCELLED");
        assertThat(json(deleted)).isEqualTo(json(posted));
    }

    @Test
    @Tag("API-01")
    void query_parameters_fill_fields_of_every_sort() throws Exception {
        assertThat(fixture.get(
                                "ada",
                                "/v1/jobs?pageSize=5&states=JOB_STATE_QUEUED&states=JOB_STATE_FAILED&photo_id=" + ID)
                        .statusCode())
                .isEqualTo(200);
        assertThat(listed.getPageSize()).isEqualTo(5);
        assertThat(listed.getPhotoId()).isEqualTo(ID);
        assertThat(listed.getStatesList()).containsExactly(JobState.JOB_STATE_QUEUED, JobState.JOB_STATE_FAILED);

        String token = fixture.token("root", Role.ROLE_ADMIN);
        HttpResponse<String> nested = fixture.send(fixture.anonymous(
                        "/v1/admin/costs?from.year=2026&from.month=1&from.day=2&to.year=2026&to.month=1&to.day=3")
                .header("Authorization", "Bearer " + token));
        assertThat(nested.statusCode()).as(nested.body()).isEqualTo(200);
        assertThat(reported.getFrom().getYear()).isEqualTo(2026);
        assertThat(reported.getTo().getDay()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"7", "order-4711", "A.b_c:d"})
    @Tag("API-06")
    void a_request_id_of_the_client_comes_back(String id) throws Exception {
        HttpResponse<String> answer =
                fixture.send(fixture.as("ada", "/v1/jobs/x").header("X-Request-Id", id));
        assertThat(answer.headers().firstValue("x-request-id")).contains(id);
        assertThat(problem(answer, 400, "INVALID_REQUEST").get("request_id").getAsString())
                .isEqualTo(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "two words", "quote\"", "naïve", "a;b"})
    @Tag("API-06")
    void a_request_id_that_could_not_stand_in_a_log_is_replaced(String id) throws Exception {
        HttpResponse<String> answer =
                fixture.send(fixture.as("ada", "/v1/jobs/" + ID).header("X-Request-Id", id));
        assertThat(answer.headers().firstValue("x-request-id").orElse(""))
                .isNotEqualTo(id)
                .matches("[0-9a-f-]{36}");
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
        violation(problem, "requestId");
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
        violation(problem, "uri");
    }

    @Test
    @Tag("API-01")
    void an_encoded_slash_stays_inside_its_variable() throws Exception {
        JsonObject problem = problem(fixture.get("ada", "/v1/jobs/a%2Fb"), 400, "INVALID_REQUEST");
        violation(problem, "job_id");
        problem(fixture.get("ada", "/v1/jobs/a/b/c"), 404, "NOT_FOUND");
        problem(fixture.get("ada", "/v1/jobs/" + ID + ":explode"), 404, "NOT_FOUND");
    }

    @Test
    @Tag("CR-05")
    void what_the_payment_provider_tells_is_passed_on_as_it_came() throws Exception {
        byte[] payload = "{ \"id\":  \"evt_1\" }".getBytes(StandardCharsets.UTF_8);
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
