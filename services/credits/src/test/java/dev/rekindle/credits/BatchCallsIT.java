package dev.rekindle.credits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.credits.v1.AuditLedgerRequest;
import dev.rekindle.credits.v1.CreditsServiceGrpc.CreditsServiceBlockingStub;
import dev.rekindle.credits.v1.DeductBatchRequest;
import dev.rekindle.credits.v1.DeductCreditsRequest;
import dev.rekindle.credits.v1.GetAccountRequest;
import dev.rekindle.credits.v1.GrantCreditsRequest;
import dev.rekindle.credits.v1.JobCharge;
import dev.rekindle.credits.v1.JobRefund;
import dev.rekindle.credits.v1.RefundBatchRequest;
import dev.rekindle.credits.v1.RefundBatchResponse;
import dev.rekindle.credits.v1.RefundCreditsRequest;
import dev.rekindle.credits.v1.RefundOutcome;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Failures;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Calls about several jobs, to two processes of the service on one real database. */
@Tag("CR-04")
@Tag("JOB-07")
class BatchCallsIT {
    private final CreditsMesh mesh = new CreditsMesh();

    @AfterEach
    void the_books_balance() {
        assertThat(mesh.admin()
                        .auditLedger(AuditLedgerRequest.getDefaultInstance())
                        .getFindingsList())
                .isEmpty();
        mesh.close();
    }

    private CreditsServiceBlockingStub jobs(int process) {
        return mesh.jobs(process);
    }

    private static Failure failureOf(ThrowingCallable call) {
        Throwable thrown = catchThrowable(call);
        assertThat(thrown).isNotNull();
        return Failures.of(thrown);
    }

    private void pay(String userId, UUID job) {
        jobs(0).deductCredits(DeductCreditsRequest.newBuilder()
                .setUserId(userId)
                .setJobId(job.toString())
                .setCharge(1)
                .setJobType(JobType.JOB_TYPE_IMAGE)
                .build());
    }

    private static JobCharge charge(UUID job) {
        return JobCharge.newBuilder()
                .setJobId(job.toString())
                .setCharge(1)
                .setJobType(JobType.JOB_TYPE_IMAGE)
                .build();
    }

    @Test
    void several_jobs_pay_in_one_call_and_each_of_them_once() {
        UUID one = UUID.randomUUID();
        UUID two = UUID.randomUUID();
        DeductBatchRequest batch = DeductBatchRequest.newBuilder()
                .setUserId("paula")
                .addCharges(charge(one))
                .addCharges(charge(two))
                .build();
        for (int process = 0; process < 2; process++) {
            var paid = jobs(process).deductBatch(batch);
            assertThat(paid.getCreditCost()).isEqualTo(2);
            assertThat(paid.getBalance()).isEqualTo(1);
        }
        jobs(1).refundCredits(RefundCreditsRequest.newBuilder()
                .setUserId("paula")
                .setJobId(two.toString())
                .setCharge(1)
                .build());
        assertThat(failureOf(() -> jobs(0).deductBatch(batch)).reason()).isEqualTo(Reason.REASON_STATE_CONFLICT);
        Failure twice = failureOf(() ->
                jobs(0).deductBatch(batch.toBuilder().addCharges(charge(one)).build()));
        assertThat(twice.violations()).extracting(Failure.Violation::field).containsExactly("charges[2].job_id");
    }

    @Test
    void several_jobs_are_given_back_in_one_call_each_with_its_own_outcome() {
        UUID paid = UUID.randomUUID();
        UUID anothers = UUID.randomUUID();
        pay("pia", paid);
        pay("otto", anothers);
        RefundBatchRequest batch = RefundBatchRequest.newBuilder()
                .setUserId("pia")
                .addRefunds(JobRefund.newBuilder().setJobId(paid.toString()).setCharge(1))
                .addRefunds(JobRefund.newBuilder().setJobId(anothers.toString()).setCharge(1))
                .addRefunds(JobRefund.newBuilder()
                        .setJobId(UUID.randomUUID().toString())
                        .setCharge(1))
                .build();
        for (int process = 0; process < 2; process++) {
            RefundBatchResponse answer = jobs(process).refundBatch(batch);
            assertThat(answer.getBalance()).isEqualTo(3);
            assertThat(answer.getOutcomesList())
                    .extracting(RefundOutcome::getCredits)
                    .containsExactly(1, 0, 0);
            assertThat(answer.getOutcomesList())
                    .extracting(RefundOutcome::getRefusal)
                    .containsExactly(
                            Reason.REASON_UNSPECIFIED, Reason.REASON_IDEMPOTENCY_CONFLICT, Reason.REASON_UNSPECIFIED);
            assertThat(answer.getOutcomes(1).getMessage()).contains(anothers.toString());
        }
        RefundBatchRequest.Builder many = RefundBatchRequest.newBuilder().setUserId("pia");
        for (int i = 0; i <= 1000; i++) {
            many.addRefunds(batch.getRefunds(0));
        }
        assertThat(failureOf(() -> jobs(0).refundBatch(many.build())).violations())
                .extracting(Failure.Violation::field)
                .containsExactly("refunds");
    }

    private List<JobRefund> paid(String userId, int jobs) {
        mesh.admin()
                .grantCredits(GrantCreditsRequest.newBuilder()
                        .setUserId(userId)
                        .setAmount(jobs)
                        .setReason("For many pictures.")
                        .setRequestId("many-" + userId)
                        .build());
        DeductBatchRequest.Builder batch = DeductBatchRequest.newBuilder().setUserId(userId);
        List<JobRefund> refunds = new ArrayList<>();
        for (int i = 0; i < jobs; i++) {
            UUID job = UUID.randomUUID();
            batch.addCharges(charge(job));
            refunds.add(
                    JobRefund.newBuilder().setJobId(job.toString()).setCharge(1).build());
        }
        jobs(0).deductBatch(batch.build());
        return refunds;
    }

    @Test
    void hundreds_are_given_back_alike_one_by_one_and_together() {
        CreditsServiceBlockingStub jobs = jobs(0);
        List<JobRefund> single = paid("one-by-one", 500);
        List<JobRefund> together = paid("together", 500);
        long begun = System.nanoTime();
        single.forEach(refund -> jobs.refundCredits(RefundCreditsRequest.newBuilder()
                .setUserId("one-by-one")
                .setJobId(refund.getJobId())
                .setCharge(1)
                .build()));
        long between = System.nanoTime();
        RefundBatchResponse last = RefundBatchResponse.getDefaultInstance();
        for (int from = 0; from < together.size(); from += 200) {
            last = jobs.refundBatch(RefundBatchRequest.newBuilder()
                    .setUserId("together")
                    .addAllRefunds(together.subList(from, Math.min(from + 200, together.size())))
                    .build());
        }
        long ended = System.nanoTime();
        System.out.println("500 jobs given back one by one in " + (between - begun) / 1_000_000 + " ms, together in "
                + (ended - between) / 1_000_000 + " ms");
        assertThat(last.getBalance()).isEqualTo(503);
        assertThat(mesh.user("one-by-one")
                        .getAccount(GetAccountRequest.getDefaultInstance())
                        .getAccount()
                        .getBalance())
                .isEqualTo(503);
    }
}
