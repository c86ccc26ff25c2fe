package dev.rekindle.credits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.Role;
import dev.rekindle.common.v1.Tier;
import dev.rekindle.credits.v1.AuditLedgerRequest;
import dev.rekindle.credits.v1.AuditLedgerResponse;
import dev.rekindle.credits.v1.BillingServiceGrpc;
import dev.rekindle.credits.v1.CreatePortalRequest;
import dev.rekindle.credits.v1.CreditsServiceGrpc;
import dev.rekindle.credits.v1.CreditsServiceGrpc.CreditsServiceBlockingStub;
import dev.rekindle.credits.v1.DeductCreditsRequest;
import dev.rekindle.credits.v1.DeductCreditsResponse;
import dev.rekindle.credits.v1.GetAccountRequest;
import dev.rekindle.credits.v1.GetTierLimitsRequest;
import dev.rekindle.credits.v1.GetTierLimitsResponse;
import dev.rekindle.credits.v1.GrantCreditsRequest;
import dev.rekindle.credits.v1.LedgerEntry;
import dev.rekindle.credits.v1.LedgerEntryType;
import dev.rekindle.credits.v1.ListLedgerEntriesRequest;
import dev.rekindle.credits.v1.ListLedgerEntriesResponse;
import dev.rekindle.credits.v1.ListPlansRequest;
import dev.rekindle.credits.v1.ListPlansResponse;
import dev.rekindle.credits.v1.RecordCostRequest;
import dev.rekindle.credits.v1.RefundCreditsRequest;
import dev.rekindle.credits.v1.SetTierRequest;
import dev.rekindle.events.v1.Event;
import dev.rekindle.platform.config.BadSettings;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Failures;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.testkit.Eventually;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Two processes of the service on one real database, called through real channels as users, services and operators. */
@Tag("CR-01")
@Tag("CR-02")
@Tag("CR-04")
@Tag("CR-06")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CreditsMainIT {
    private final CreditsMesh mesh = new CreditsMesh();

    @AfterAll
    void the_books_balance() {
        AuditLedgerResponse audit = mesh.admin().auditLedger(AuditLedgerRequest.getDefaultInstance());
        assertThat(audit.getAccountCount()).isPositive();
        assertThat(audit.getFindingsList()).isEmpty();
        mesh.close();
    }

    private CreditsServiceBlockingStub user(String userId) {
        return mesh.user(userId);
    }

    private CreditsServiceBlockingStub admin() {
        return mesh.admin();
    }

    private CreditsServiceBlockingStub jobs(int process) {
        return mesh.jobs(process);
    }

    private static Failure failureOf(ThrowingCallable call) {
        Throwable thrown = catchThrowable(call);
        assertThat(thrown).isNotNull();
        return Failures.of(thrown);
    }

    private static Reason reasonOf(ThrowingCallable call) {
        return failureOf(call).reason();
    }

    private static DeductCreditsRequest deduction(String userId, UUID job, int charge, JobType type) {
        return DeductCreditsRequest.newBuilder()
                .setUserId(userId)
                .setJobId(job.toString())
                .setCharge(charge)
                .setJobType(type)
                .build();
    }

    private static RefundCreditsRequest refund(String userId, UUID job, int charge) {
        return RefundCreditsRequest.newBuilder()
                .setUserId(userId)
                .setJobId(job.toString())
                .setCharge(charge)
                .setReason("The engine failed.")
                .build();
    }

    private static GrantCreditsRequest grant(String userId, int amount, String requestId) {
        return GrantCreditsRequest.newBuilder()
                .setUserId(userId)
                .setAmount(amount)
                .setReason("For the trouble.")
                .setRequestId(requestId)
                .build();
    }

    @Test
    void a_user_sees_a_new_account_with_its_first_credits_limits_and_prices() {
        var account =
                user("anna").getAccount(GetAccountRequest.getDefaultInstance()).getAccount();
        assertThat(account.getUserId()).isEqualTo("anna");
        assertThat(account.getTier()).isEqualTo(Tier.TIER_FREE);
        assertThat(account.getBalance()).isEqualTo(3);
        assertThat(account.getMonthlyGrant()).isEqualTo(3);
        assertThat(account.getLimits().getWatermark()).isTrue();
        assertThat(account.getPricesList()).hasSize(8);
        assertThat(account.getNextGrantTime().getSeconds()
                        - account.getCreateTime().getSeconds())
                .isBetween(28L * 86_400, 31L * 86_400);
    }

    @Test
    void a_job_is_paid_and_given_back_through_any_process() {
        UUID job = UUID.randomUUID();
        DeductCreditsResponse paid = jobs(0).deductCredits(deduction("berta", job, 1, JobType.JOB_TYPE_RESTORATION));
        assertThat(paid.getEntry().getAmount()).isEqualTo(-2);
        assertThat(paid.getEntry().getJobId()).isEqualTo(job.toString());
        assertThat(paid.getEntry().getCause()).isEqualTo("jobs");
        assertThat(paid.getLimits().getTier()).isEqualTo(Tier.TIER_FREE);
        assertThat(jobs(1).deductCredits(deduction("berta", job, 1, JobType.JOB_TYPE_RESTORATION)))
                .isEqualTo(paid);
        LedgerEntry back = jobs(1).refundCredits(refund("berta", job, 1)).getEntry();
        assertThat(back.getType()).isEqualTo(LedgerEntryType.LEDGER_ENTRY_TYPE_REFUND);
        assertThat(jobs(0).refundCredits(refund("berta", job, 1)).getEntry()).isEqualTo(back);
        assertThat(jobs(0).refundCredits(refund("berta", UUID.randomUUID(), 1)).hasEntry())
                .isFalse();
        assertThat(reasonOf(() -> jobs(0).deductCredits(deduction("berta", job, 1, JobType.JOB_TYPE_RESTORATION))))
                .isEqualTo(Reason.REASON_STATE_CONFLICT);
    }

    @Test
    void too_little_is_told_with_cost_and_balance() {
        Failure failure = failureOf(
                () -> jobs(0).deductCredits(deduction("clara", UUID.randomUUID(), 1, JobType.JOB_TYPE_COMBINED)));
        assertThat(failure.reason()).isEqualTo(Reason.REASON_INSUFFICIENT_CREDITS);
        assertThat(failure.message()).isEqualTo("This costs 4 credits and you have 3.");
    }

    @Test
    void another_service_learns_tier_prices_and_balance_and_books_costs() {
        admin().setTier(SetTierRequest.newBuilder()
                .setUserId("dora")
                .setTier(Tier.TIER_FOREVER)
                .build());
        GetTierLimitsResponse limits = jobs(1).getTierLimits(
                        GetTierLimitsRequest.newBuilder().setUserId("dora").build());
        assertThat(limits.getLimits().getTier()).isEqualTo(Tier.TIER_FOREVER);
        assertThat(limits.getLimits().getWatermark()).isFalse();
        assertThat(limits.getBalance()).isEqualTo(153);
        assertThat(limits.getPricesList()).hasSize(8);
        RecordCostRequest.Builder cost = RecordCostRequest.newBuilder()
                .setUserId("dora")
                .setJobId(UUID.randomUUID().toString())
                .setAttempt(1)
                .setEngine("embedded")
                .setJobType(JobType.JOB_TYPE_RESTORATION)
                .setCostMicroUsd(1_500);
        jobs(0).recordCost(cost.build());
        jobs(1).recordCost(cost.build());
        assertThat(reasonOf(() -> jobs(0).recordCost(cost.setCostMicroUsd(1_501).build())))
                .isEqualTo(Reason.REASON_IDEMPOTENCY_CONFLICT);
    }

    @Test
    void a_ledger_is_paged_newest_first_and_only_by_its_owner() {
        IntStream.range(0, 6).forEach(i -> admin().grantCredits(grant("emma", 1 + i, "emma-" + i)));
        CreditsServiceBlockingStub emma = user("emma");
        List<LedgerEntry> all = new ArrayList<>();
        String token = "";
        int pages = 0;
        do {
            ListLedgerEntriesResponse page = emma.listLedgerEntries(ListLedgerEntriesRequest.newBuilder()
                    .setPageSize(3)
                    .setPageToken(token)
                    .build());
            all.addAll(page.getEntriesList());
            token = page.getNextPageToken();
            pages++;
        } while (!token.isEmpty());
        assertThat(pages).isEqualTo(3);
        assertThat(all).extracting(LedgerEntry::getAmount).containsExactly(6, 5, 4, 3, 2, 1, 3);
        assertThat(all).extracting(LedgerEntry::getBalanceAfter).containsExactly(24, 18, 13, 9, 6, 4, 3);
        String foreign = emma.listLedgerEntries(
                        ListLedgerEntriesRequest.newBuilder().setPageSize(1).build())
                .getNextPageToken();
        for (String bad : List.of(foreign, "not-a-token")) {
            assertThat(reasonOf(() -> user("frieda")
                            .listLedgerEntries(ListLedgerEntriesRequest.newBuilder()
                                    .setPageToken(bad)
                                    .build())))
                    .isEqualTo(Reason.REASON_INVALID_TOKEN);
        }
    }

    @Test
    void an_operator_gives_takes_and_audits() {
        LedgerEntry given = admin().grantCredits(grant("gerda", 5, "gerda-1")).getEntry();
        assertThat(given.getCause()).isEqualTo("operator-1");
        assertThat(given.getReason()).isEqualTo("For the trouble.");
        assertThat(admin().grantCredits(grant("gerda", 5, "gerda-1")).getEntry())
                .isEqualTo(given);
        assertThat(reasonOf(() -> admin().grantCredits(grant("gerda", 6, "gerda-1"))))
                .isEqualTo(Reason.REASON_IDEMPOTENCY_CONFLICT);
        assertThat(reasonOf(() -> admin().grantCredits(grant("gerda", -9, "gerda-2"))))
                .isEqualTo(Reason.REASON_INSUFFICIENT_CREDITS);
        AuditLedgerResponse audit = admin().auditLedger(
                        AuditLedgerRequest.newBuilder().setUserId("gerda").build());
        assertThat(audit.getEntryCount()).isEqualTo(2);
    }

    @Test
    @Tag("CR-03")
    void anyone_sees_the_plans() throws Exception {
        ManagedChannel stranger = Grpc.newChannelBuilder(mesh.target(0), InsecureChannelCredentials.create())
                .build();
        try {
            ListPlansResponse plans =
                    BillingServiceGrpc.newBlockingStub(stranger).listPlans(ListPlansRequest.getDefaultInstance());
            assertThat(plans.getTestMode()).isTrue();
            assertThat(plans.getPlansList())
                    .extracting(plan -> plan.getTitle() + " " + plan.getMonthlyCredits())
                    .containsExactly("Free 3", "Remember 25", "Cherish 60", "Forever 150");
            assertThat(plans.getPlans(1).getMonthlyPrice().getUnits()).isEqualTo(7);
            assertThat(plans.getPlans(1).getMonthlyPrice().getNanos()).isEqualTo(990_000_000);
            assertThat(plans.getTopUpsList())
                    .extracting(topUp ->
                            topUp.getCredits() + " for " + topUp.getPrice().getCurrencyCode() + " "
                                    + topUp.getPrice().getUnits() + "."
                                    + topUp.getPrice().getNanos() / 10_000_000)
                    .containsExactly("10 for USD 4.99", "30 for USD 12.99", "100 for USD 39.99");
            assertThat(reasonOf(() -> CreditsServiceGrpc.newBlockingStub(stranger)
                            .getAccount(GetAccountRequest.getDefaultInstance())))
                    .isEqualTo(Reason.REASON_UNAUTHENTICATED);
        } finally {
            stranger.shutdownNow();
        }
    }

    @Test
    @Tag("API-04")
    void each_call_is_refused_to_those_it_is_not_for() {
        DeductCreditsRequest deduction = deduction("hanna", UUID.randomUUID(), 1, JobType.JOB_TYPE_IMAGE);
        RefundCreditsRequest refund = refund("hanna", UUID.randomUUID(), 1);
        GetTierLimitsRequest limits =
                GetTierLimitsRequest.newBuilder().setUserId("hanna").build();
        SetTierRequest tier = SetTierRequest.newBuilder()
                .setUserId("hanna")
                .setTier(Tier.TIER_FOREVER)
                .build();
        GetAccountRequest account = GetAccountRequest.getDefaultInstance();
        CreditsServiceBlockingStub keyed = CreditsServiceGrpc.newBlockingStub(
                mesh.as(new Identity("hanna", Set.of(Role.ROLE_PARTNER), Set.of("jobs:write"), Instant.MAX)));
        CreditsServiceBlockingStub forged = CreditsServiceGrpc.newBlockingStub(mesh.asForgedGateway());
        List<ThrowingCallable> denied = List.of(
                () -> user("hanna").deductCredits(deduction),
                () -> admin().deductCredits(deduction),
                () -> user("hanna").refundCredits(refund),
                () -> user("hanna").getTierLimits(limits),
                () -> user("hanna").setTier(tier),
                () -> jobs(0).setTier(tier),
                () -> user("hanna").grantCredits(grant("hanna", 100, "hanna-1")),
                () -> jobs(0).grantCredits(grant("hanna", 100, "hanna-1")),
                () -> user("hanna").auditLedger(AuditLedgerRequest.getDefaultInstance()),
                () -> jobs(0).getAccount(account),
                () -> keyed.getAccount(account));
        for (ThrowingCallable call : denied) {
            assertThat(reasonOf(call)).isEqualTo(Reason.REASON_PERMISSION_DENIED);
        }
        assertThat(reasonOf(() -> forged.getAccount(account))).isEqualTo(Reason.REASON_UNAUTHENTICATED);
        assertThat(user("hanna").getAccount(account).getAccount().getBalance()).isEqualTo(3);
    }

    @Test
    void requests_that_break_the_contract_and_calls_not_there_yet_are_told_so() {
        DeductCreditsRequest noJob = DeductCreditsRequest.newBuilder()
                .setUserId("ida")
                .setCharge(1)
                .setJobType(JobType.JOB_TYPE_IMAGE)
                .build();
        assertThat(reasonOf(() -> jobs(0).deductCredits(noJob))).isEqualTo(Reason.REASON_INVALID_REQUEST);
        assertThat(reasonOf(
                        () -> jobs(0).deductCredits(deduction("ida", UUID.randomUUID(), 0, JobType.JOB_TYPE_IMAGE))))
                .isEqualTo(Reason.REASON_INVALID_REQUEST);
        assertThat(reasonOf(() -> BillingServiceGrpc.newBlockingStub(
                                mesh.as(new Identity("ida", Set.of(Role.ROLE_USER), null, Instant.MAX)))
                        .createPortal(CreatePortalRequest.getDefaultInstance())))
                .isEqualTo(Reason.REASON_UNIMPLEMENTED);
    }

    @Test
    @Tag("EV-02")
    void events_arrive_in_order_and_once_though_the_receiver_was_away() {
        mesh.events.setAway(true);
        List<String> expected = new ArrayList<>(List.of("credits.granted"));
        for (int i = 0; i < 5; i++) {
            UUID job = UUID.randomUUID();
            jobs(i % 2).deductCredits(deduction("jutta", job, 1, JobType.JOB_TYPE_RESTORATION));
            jobs(1 - i % 2).refundCredits(refund("jutta", job, 1));
            expected.addAll(List.of("credits.deducted", "credits.refunded"));
        }
        assertThat(mesh.events.of("jutta")).isEmpty();
        mesh.events.setAway(false);
        Eventually.holds(() ->
                assertThat(mesh.events.of("jutta")).extracting(Event::getType).containsExactlyElementsOf(expected));
        List<LedgerEntry> ledger = user("jutta")
                .listLedgerEntries(ListLedgerEntriesRequest.getDefaultInstance())
                .getEntriesList();
        assertThat(mesh.events.of("jutta"))
                .extracting(Event::getId)
                .containsExactlyElementsOf(
                        ledger.reversed().stream().map(LedgerEntry::getId).toList());
        assertThat(mesh.events.of("jutta")).extracting(Event::getTraceId).noneMatch(String::isEmpty);
    }

    @Test
    @Tag("OPS-04")
    void the_process_is_ready_while_its_database_is() throws Exception {
        assertThat(mesh.processes.getFirst().health().report().checks()).containsExactly(Map.entry("postgres", "ok"));
    }

    @Test
    @Tag("OPS-05")
    void bad_settings_stop_the_start_before_anything_is_opened() {
        BadSettings bad = catchThrowableOfType(
                BadSettings.class,
                () -> CreditsMain.start(
                        Settings.of(Map.of(
                                "services.events",
                                "dns:///events:7004",
                                "services.jobs",
                                "dns:///jobs:7001",
                                "prices.video",
                                "many")),
                        mesh.telemetry,
                        Clock.systemUTC()));
        assertThat(bad.problems())
                .anySatisfy(problem -> assertThat(problem).contains("database.url", "is missing"))
                .anySatisfy(problem -> assertThat(problem).contains("prices.video", "\"many\""))
                .anySatisfy(problem -> assertThat(problem).contains("identity.private_key"));
    }
}
