package dev.rekindle.credits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.ByteString;
import com.google.type.Date;
import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.Role;
import dev.rekindle.common.v1.Tier;
import dev.rekindle.credits.v1.AnalyticsServiceGrpc;
import dev.rekindle.credits.v1.ApiKeysServiceGrpc;
import dev.rekindle.credits.v1.AuditLedgerRequest;
import dev.rekindle.credits.v1.BillingInterval;
import dev.rekindle.credits.v1.BillingServiceGrpc;
import dev.rekindle.credits.v1.BillingServiceGrpc.BillingServiceBlockingStub;
import dev.rekindle.credits.v1.CancelSubscriptionRequest;
import dev.rekindle.credits.v1.CreateApiKeyRequest;
import dev.rekindle.credits.v1.CreateApiKeyResponse;
import dev.rekindle.credits.v1.CreateCheckoutRequest;
import dev.rekindle.credits.v1.CreatePortalRequest;
import dev.rekindle.credits.v1.GetAccountRequest;
import dev.rekindle.credits.v1.GetBusinessMetricsRequest;
import dev.rekindle.credits.v1.GetCostReportRequest;
import dev.rekindle.credits.v1.GetSubscriptionRequest;
import dev.rekindle.credits.v1.ListApiKeysRequest;
import dev.rekindle.credits.v1.ListBudgetsRequest;
import dev.rekindle.credits.v1.ListPlansRequest;
import dev.rekindle.credits.v1.PlanChoice;
import dev.rekindle.credits.v1.ReceiveStripeEventRequest;
import dev.rekindle.credits.v1.RecordCostRequest;
import dev.rekindle.credits.v1.ResumeSpendingRequest;
import dev.rekindle.credits.v1.RevokeApiKeyRequest;
import dev.rekindle.credits.v1.Subscription;
import dev.rekindle.credits.v1.SubscriptionState;
import dev.rekindle.credits.v1.UpdateBudgetRequest;
import dev.rekindle.credits.v1.VerifyApiKeyRequest;
import dev.rekindle.embedded.stripe.StripeServer;
import dev.rekindle.platform.rpc.Failures;
import dev.rekindle.platform.rpc.Identity;
import io.grpc.Channel;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Money, keys and figures through real channels, with a person who pays on the pages of the stand-in for Stripe. */
@Tag("CR-05")
@Tag("API-04")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BillingMainIT {
    private StripeServer stripe;
    private CreditsMesh mesh;

    @BeforeAll
    void start() throws Exception {
        stripe = StripeServer.start(
                new StripeServer.Config(0, StripeRoom.API_KEY, StripeRoom.WEBHOOK_SECRET, null, null),
                Clock.systemUTC());
        mesh = new CreditsMesh(Map.of(
                "stripe.api_key", StripeRoom.API_KEY,
                "stripe.webhook_secret", StripeRoom.WEBHOOK_SECRET,
                "stripe.api_base", stripe.endpoint().toString()));
    }

    @AfterAll
    void the_books_balance() {
        assertThat(mesh.admin()
                        .auditLedger(AuditLedgerRequest.getDefaultInstance())
                        .getFindingsList())
                .isEmpty();
        mesh.close();
        stripe.close();
    }

    private Channel as(String subject, Role role) {
        return mesh.as(new Identity(subject, Set.of(role), null, Instant.MAX));
    }

    private BillingServiceBlockingStub billing(String user) {
        return BillingServiceGrpc.newBlockingStub(as(user, Role.ROLE_USER));
    }

    private static Reason reasonOf(ThrowingCallable call) {
        Throwable thrown = catchThrowable(call);
        assertThat(thrown).isNotNull();
        return Failures.of(thrown).reason();
    }

    private int balance(String user) {
        return mesh.user(user)
                .getAccount(GetAccountRequest.getDefaultInstance())
                .getAccount()
                .getBalance();
    }

    private static HttpResponse<String> send(HttpRequest request) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        }
    }

    /** Looks at the page and presses the button; where it leads to. */
    private static String press(String url, String button) throws Exception {
        HttpResponse<String> page = send(HttpRequest.newBuilder(URI.create(url)).build());
        assertThat(page.body()).contains("TEST MODE", "value=\"" + button + "\"");
        HttpResponse<String> answer = send(HttpRequest.newBuilder(URI.create(url))
                .POST(HttpRequest.BodyPublishers.ofString("do=" + button))
                .build());
        assertThat(answer.statusCode()).isEqualTo(303);
        return answer.headers().firstValue("Location").orElseThrow();
    }

    private void deliverAll() {
        stripe.events()
                .forEach(event -> BillingServiceGrpc.newBlockingStub(mesh.as(Identity.service("gateway", Instant.MAX)))
                        .receiveStripeEvent(ReceiveStripeEventRequest.newBuilder()
                                .setPayload(ByteString.copyFromUtf8(event))
                                .setSignature(stripe.signature(event))
                                .build()));
    }

    @Test
    @Tag("CR-03")
    void a_top_up_is_bought_on_the_page_of_the_provider() throws Exception {
        assertThat(billing("anna")
                        .listPlans(ListPlansRequest.getDefaultInstance())
                        .getTestMode())
                .isTrue();
        var opened = billing("anna")
                .createCheckout(CreateCheckoutRequest.newBuilder()
                        .setTopUpId("top_up_30")
                        .setReturnPath("/credits")
                        .setRequestId("r-1")
                        .build());
        assertThat(opened.hasExpireTime()).isTrue();
        assertThat(press(opened.getUrl(), "pay")).isEqualTo("http://localhost:8080/credits?checkout=done");
        deliverAll();
        deliverAll();
        assertThat(balance("anna")).isEqualTo(33);
        assertThat(reasonOf(() -> billing("anna")
                        .createCheckout(CreateCheckoutRequest.newBuilder()
                                .setTopUpId("top_up_31")
                                .build())))
                .isEqualTo(Reason.REASON_NOT_FOUND);
    }

    @Test
    @Tag("CR-02")
    void a_plan_is_subscribed_to_and_ended_with_a_warning() throws Exception {
        assertThat(billing("berta")
                        .getSubscription(GetSubscriptionRequest.getDefaultInstance())
                        .getSubscription()
                        .getState())
                .isEqualTo(SubscriptionState.SUBSCRIPTION_STATE_NONE);
        CreateCheckoutRequest plan = CreateCheckoutRequest.newBuilder()
                .setPlan(PlanChoice.newBuilder()
                        .setTier(Tier.TIER_CHERISH)
                        .setInterval(BillingInterval.BILLING_INTERVAL_YEAR))
                .build();
        press(billing("berta").createCheckout(plan).getUrl(), "pay");
        deliverAll();
        Subscription running = billing("berta")
                .getSubscription(GetSubscriptionRequest.getDefaultInstance())
                .getSubscription();
        assertThat(running.getState()).isEqualTo(SubscriptionState.SUBSCRIPTION_STATE_ACTIVE);
        assertThat(running.getInterval()).isEqualTo(BillingInterval.BILLING_INTERVAL_YEAR);
        assertThat(balance("berta")).isEqualTo(63);
        assertThat(reasonOf(() -> billing("berta").createCheckout(plan))).isEqualTo(Reason.REASON_STATE_CONFLICT);

        var preview = billing("berta")
                .cancelSubscription(
                        CancelSubscriptionRequest.newBuilder().setPreview(true).build());
        assertThat(preview.getCreditsLost()).isEqualTo(63);
        assertThat(preview.getSubscription().getState()).isEqualTo(SubscriptionState.SUBSCRIPTION_STATE_ACTIVE);
        var cancelled = billing("berta").cancelSubscription(CancelSubscriptionRequest.getDefaultInstance());
        assertThat(cancelled.getSubscription().getState()).isEqualTo(SubscriptionState.SUBSCRIPTION_STATE_ENDING);
        String portal = billing("berta")
                .createPortal(CreatePortalRequest.newBuilder()
                        .setReturnPath("/credits")
                        .build())
                .getUrl();
        assertThat(press(portal, "resume")).isEqualTo("http://localhost:8080/credits");
    }

    @Test
    void an_event_nobody_signed_is_refused() {
        ReceiveStripeEventRequest forged = ReceiveStripeEventRequest.newBuilder()
                .setPayload(ByteString.copyFromUtf8("{\"id\":\"evt_1\"}"))
                .setSignature("t=1,v1=00")
                .build();
        assertThat(reasonOf(() -> BillingServiceGrpc.newBlockingStub(mesh.as(Identity.service("gateway", Instant.MAX)))
                        .receiveStripeEvent(forged)))
                .isEqualTo(Reason.REASON_UNAUTHENTICATED);
        assertThat(reasonOf(() -> billing("mallory").receiveStripeEvent(forged)))
                .isEqualTo(Reason.REASON_PERMISSION_DENIED);
    }

    @Test
    void a_key_is_made_shown_once_verified_and_revoked() {
        var keys = ApiKeysServiceGrpc.newBlockingStub(as("paula", Role.ROLE_USER));
        CreateApiKeyResponse made = keys.createApiKey(CreateApiKeyRequest.newBuilder()
                .setName("Batch")
                .addScopes("jobs:write")
                .setRequestId("r-1")
                .build());
        var gateway = ApiKeysServiceGrpc.newBlockingStub(mesh.as(Identity.service("gateway", Instant.MAX)));
        VerifyApiKeyRequest verify =
                VerifyApiKeyRequest.newBuilder().setSecret(made.getSecret()).build();
        assertThat(gateway.verifyApiKey(verify).getUserId()).isEqualTo("paula");
        assertThat(keys.listApiKeys(ListApiKeysRequest.getDefaultInstance()).getApiKeysList())
                .singleElement()
                .satisfies(key -> assertThat(key.hasLastUsedTime()).isTrue());
        keys.revokeApiKey(RevokeApiKeyRequest.newBuilder()
                .setApiKeyId(made.getApiKey().getId())
                .build());
        assertThat(reasonOf(() -> gateway.verifyApiKey(verify))).isEqualTo(Reason.REASON_UNAUTHENTICATED);
        assertThat(reasonOf(() -> keys.verifyApiKey(verify))).isEqualTo(Reason.REASON_PERMISSION_DENIED);
    }

    @Test
    @Tag("CR-07")
    @Tag("CR-08")
    void operators_see_budgets_and_figures_and_nobody_else_does() {
        var admin = AnalyticsServiceGrpc.newBlockingStub(as("operator-1", Role.ROLE_ADMIN));
        assertThat(admin.listBudgets(ListBudgetsRequest.getDefaultInstance()).getBudgetsList())
                .hasSize(2);
        UpdateBudgetRequest nothingSaid =
                UpdateBudgetRequest.newBuilder().setBudget("free").build();
        assertThat(reasonOf(() -> admin.updateBudget(nothingSaid))).isEqualTo(Reason.REASON_INVALID_REQUEST);
        assertThat(admin.updateBudget(nothingSaid.toBuilder().setStop(true).build())
                        .getBudget()
                        .getExhausted())
                .isTrue();
        assertThat(admin.updateBudget(UpdateBudgetRequest.newBuilder()
                                .setBudget("free")
                                .setLimitMicroUsd(7_000_000)
                                .build())
                        .getBudget()
                        .getLimitMicroUsd())
                .isEqualTo(7_000_000);
        ResumeSpendingRequest resume =
                ResumeSpendingRequest.newBuilder().setBudget("free").build();
        assertThat(reasonOf(() -> admin.resumeSpending(resume))).isEqualTo(Reason.REASON_STATE_CONFLICT);
        mesh.jobs(0)
                .recordCost(RecordCostRequest.newBuilder()
                        .setUserId("spender")
                        .setJobId(UUID.randomUUID().toString())
                        .setEngine("runpod")
                        .setJobType(JobType.JOB_TYPE_RESTORATION)
                        .setCostMicroUsd(7_000_000)
                        .build());
        assertThat(admin.resumeSpending(resume).getBudget().getResumed()).isTrue();
        Date day = Date.newBuilder().setYear(2026).setMonth(2).setDay(28).build();
        assertThat(admin.getCostReport(GetCostReportRequest.newBuilder()
                                .setFrom(day)
                                .setTo(day)
                                .build())
                        .getDaysList())
                .hasSize(1);
        assertThat(admin.getBusinessMetrics(GetBusinessMetricsRequest.getDefaultInstance())
                        .getTiersList())
                .hasSize(4);
        assertThat(reasonOf(() -> admin.getCostReport(GetCostReportRequest.newBuilder()
                        .setFrom(day.toBuilder().setDay(30))
                        .setTo(day)
                        .build())))
                .isEqualTo(Reason.REASON_INVALID_REQUEST);
        var user = AnalyticsServiceGrpc.newBlockingStub(as("anna", Role.ROLE_USER));
        assertThat(reasonOf(() -> user.listBudgets(ListBudgetsRequest.getDefaultInstance())))
                .isEqualTo(Reason.REASON_PERMISSION_DENIED);
    }
}
