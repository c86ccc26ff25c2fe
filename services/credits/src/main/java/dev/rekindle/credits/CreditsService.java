package dev.rekindle.credits;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Tier;
import dev.rekindle.credits.v1.CreditsServiceGrpc;
import dev.rekindle.credits.v1.DeductBatchRequest;
import dev.rekindle.credits.v1.DeductBatchResponse;
import dev.rekindle.credits.v1.DeductCreditsRequest;
import dev.rekindle.credits.v1.DeductCreditsResponse;
import dev.rekindle.credits.v1.GetAccountRequest;
import dev.rekindle.credits.v1.GetAccountResponse;
import dev.rekindle.credits.v1.GetTierLimitsRequest;
import dev.rekindle.credits.v1.GetTierLimitsResponse;
import dev.rekindle.credits.v1.JobCharge;
import dev.rekindle.credits.v1.ListLedgerEntriesRequest;
import dev.rekindle.credits.v1.ListLedgerEntriesResponse;
import dev.rekindle.credits.v1.RecordCostRequest;
import dev.rekindle.credits.v1.RecordCostResponse;
import dev.rekindle.credits.v1.RefundBatchRequest;
import dev.rekindle.credits.v1.RefundBatchResponse;
import dev.rekindle.credits.v1.RefundCreditsRequest;
import dev.rekindle.credits.v1.RefundCreditsResponse;
import dev.rekindle.credits.v1.RefundOutcome;
import dev.rekindle.platform.db.PageToken;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.platform.rpc.RpcService;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** The calls of users, about their own account, and of other services. */
final class CreditsService {
    private final OpenAccount open;
    private final LedgerPages pages;
    private final JobPayments payments;
    private final RecordCost recordCost;
    private final Catalogue catalogue;
    private final Clock clock;

    CreditsService(
            OpenAccount open,
            LedgerPages pages,
            JobPayments payments,
            RecordCost recordCost,
            Catalogue catalogue,
            Clock clock) {
        this.open = open;
        this.pages = pages;
        this.payments = payments;
        this.recordCost = recordCost;
        this.catalogue = catalogue;
        this.clock = clock;
    }

    void bindTo(RpcService.Builder service) {
        service.unary(CreditsServiceGrpc.getGetAccountMethod(), this::getAccount)
                .unary(CreditsServiceGrpc.getListLedgerEntriesMethod(), this::listLedgerEntries)
                .unary(CreditsServiceGrpc.getDeductCreditsMethod(), this::deductCredits)
                .unary(CreditsServiceGrpc.getDeductBatchMethod(), this::deductBatch)
                .unary(CreditsServiceGrpc.getRefundCreditsMethod(), this::refundCredits)
                .unary(CreditsServiceGrpc.getRefundBatchMethod(), this::refundBatch)
                .unary(CreditsServiceGrpc.getRecordCostMethod(), this::recordCost)
                .unary(CreditsServiceGrpc.getGetTierLimitsMethod(), this::getTierLimits);
    }

    private GetAccountResponse getAccount(GetAccountRequest request) {
        Account account = open.run(Identity.currentUser());
        return GetAccountResponse.newBuilder()
                .setAccount(AccountView.of(account, catalogue))
                .build();
    }

    private ListLedgerEntriesResponse listLedgerEntries(ListLedgerEntriesRequest request) {
        Account account = open.run(Identity.currentUser());
        int size = PageToken.pageSize(request.getPageSize());
        List<Entry> page = pages.read(account, request.getPageToken(), size + 1);
        ListLedgerEntriesResponse.Builder response = ListLedgerEntriesResponse.newBuilder();
        page.stream().limit(size).map(Entry::toMessage).forEach(response::addEntries);
        if (page.size() > size) {
            response.setNextPageToken(PageToken.after(page.get(size - 1).id()));
        }
        return response.build();
    }

    private DeductCreditsResponse deductCredits(DeductCreditsRequest request) {
        JobPayments.Booked booked = payments.deduct(new JobPayments.Payment(
                request.getUserId(),
                UUID.fromString(request.getJobId()),
                request.getCharge(),
                request.getJobType(),
                request.getCreditCostMax(),
                Identity.current().subject()));
        DeductCreditsResponse.Builder response = DeductCreditsResponse.newBuilder()
                .setLimits(catalogue.plan(booked.account().tier()).limits());
        if (booked.entry() != null) {
            response.setEntry(booked.entry().toMessage());
        }
        return response.build();
    }

    private DeductBatchResponse deductBatch(DeductBatchRequest request) {
        Set<UUID> jobIds = new HashSet<>();
        List<JobPayments.Payment> wanted = new ArrayList<>();
        for (JobCharge charge : request.getChargesList()) {
            UUID jobId = UUID.fromString(charge.getJobId());
            if (!jobIds.add(jobId)) {
                throw Failure.invalid(
                        "charges[" + wanted.size() + "].job_id",
                        "is job " + jobId + " a second time; expected each job once.");
            }
            wanted.add(new JobPayments.Payment(
                    request.getUserId(),
                    jobId,
                    charge.getCharge(),
                    charge.getJobType(),
                    charge.getCreditCostMax(),
                    Identity.current().subject()));
        }
        JobPayments.Paid paid = payments.deductAll(wanted);
        return DeductBatchResponse.newBuilder()
                .setCreditCost(paid.credits())
                .setBalance(paid.account().balance())
                .build();
    }

    private RefundCreditsResponse refundCredits(RefundCreditsRequest request) {
        JobPayments.Booked booked = payments.refund(new JobPayments.Return(
                request.getUserId(),
                UUID.fromString(request.getJobId()),
                request.getCharge(),
                request.getReason(),
                Identity.current().subject()));
        RefundCreditsResponse.Builder response = RefundCreditsResponse.newBuilder();
        if (booked.entry() != null) {
            response.setEntry(booked.entry().toMessage());
        }
        return response.build();
    }

    private RefundBatchResponse refundBatch(RefundBatchRequest request) {
        JobPayments.Returned returned = payments.refundAll(request.getRefundsList().stream()
                .map(refund -> new JobPayments.Return(
                        request.getUserId(),
                        UUID.fromString(refund.getJobId()),
                        refund.getCharge(),
                        refund.getReason(),
                        Identity.current().subject()))
                .toList());
        RefundBatchResponse.Builder response =
                RefundBatchResponse.newBuilder().setBalance(returned.account().balance());
        returned.outcomes().forEach(outcome -> response.addOutcomes(outcome(outcome)));
        return response.build();
    }

    private static RefundOutcome outcome(JobPayments.Outcome outcome) {
        RefundOutcome.Builder told = RefundOutcome.newBuilder().setCredits(outcome.credits());
        Failure refusal = outcome.refusal();
        return refusal == null
                ? told.build()
                : told.setRefusal(refusal.reason())
                        .setMessage(refusal.message())
                        .build();
    }

    private RecordCostResponse recordCost(RecordCostRequest request) {
        if (request.getJobType() == JobType.JOB_TYPE_UNSPECIFIED) {
            throw Failure.invalid("job_type", "is not given; expected the type of the job.");
        }
        Account account = open.run(request.getUserId());
        Tier tier = request.getTier() == Tier.TIER_UNSPECIFIED ? account.tier() : request.getTier();
        Instant time = request.hasTime() ? Times.instant(request.getTime()) : Times.now(clock);
        recordCost.run(new CostStore.Cost(
                UUID.fromString(request.getJobId()),
                request.getAttempt(),
                account.id(),
                request.getEngine(),
                request.getJobType(),
                tier,
                request.getCostMicroUsd(),
                time,
                request.hasRunTime() ? Times.millis(request.getRunTime()) : null));
        return RecordCostResponse.getDefaultInstance();
    }

    /** Whoever asks is about to begin something for the user, so this is where an account that is being erased is refused. */
    private GetTierLimitsResponse getTierLimits(GetTierLimitsRequest request) {
        Account account = open.requireOpen(request.getUserId());
        return GetTierLimitsResponse.newBuilder()
                .setLimits(catalogue.plan(account.tier()).limits())
                .addAllPrices(catalogue.priceList())
                .setBalance(account.balance())
                .build();
    }
}
