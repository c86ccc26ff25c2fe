package dev.rekindle.jobs;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.TierLimits;
import dev.rekindle.credits.v1.AnalyticsServiceGrpc;
import dev.rekindle.credits.v1.Budget;
import dev.rekindle.credits.v1.CreditsServiceGrpc;
import dev.rekindle.credits.v1.DeductBatchRequest;
import dev.rekindle.credits.v1.DeductCreditsRequest;
import dev.rekindle.credits.v1.DeductCreditsResponse;
import dev.rekindle.credits.v1.GetTierLimitsRequest;
import dev.rekindle.credits.v1.GetTierLimitsResponse;
import dev.rekindle.credits.v1.JobCharge;
import dev.rekindle.credits.v1.JobPrice;
import dev.rekindle.credits.v1.JobRefund;
import dev.rekindle.credits.v1.ListBudgetsRequest;
import dev.rekindle.credits.v1.RecordCostRequest;
import dev.rekindle.credits.v1.RefundBatchRequest;
import dev.rekindle.credits.v1.RefundCreditsRequest;
import dev.rekindle.credits.v1.RefundOutcome;
import dev.rekindle.events.v1.Event;
import dev.rekindle.events.v1.EventsServiceGrpc;
import dev.rekindle.events.v1.PublishEventsRequest;
import dev.rekindle.jobs.tables.tables.records.JobsRecord;
import dev.rekindle.jobs.v1.EngineChoice;
import dev.rekindle.platform.db.Outbox;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Failures;
import dev.rekindle.processing.v1.Engine;
import dev.rekindle.processing.v1.EngineState;
import dev.rekindle.processing.v1.ListEnginesRequest;
import dev.rekindle.processing.v1.ProcessingServiceGrpc;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The other services of the mesh, as this one calls them. Every failure comes back as a {@link Failure}. */
final class Peers {
    /** Characters credits takes of a refund's reason. */
    private static final int REFUND_REASON_MAX = 500;

    private final CreditsServiceGrpc.CreditsServiceBlockingStub credits;
    private final AnalyticsServiceGrpc.AnalyticsServiceBlockingStub analytics;
    private final EventsServiceGrpc.EventsServiceBlockingStub events;
    private final ProcessingServiceGrpc.ProcessingServiceBlockingStub processing;

    Peers(Channel credits, Channel events, Channel processing) {
        this.credits = CreditsServiceGrpc.newBlockingStub(credits);
        this.analytics = AnalyticsServiceGrpc.newBlockingStub(credits);
        this.events = EventsServiceGrpc.newBlockingStub(events);
        this.processing = ProcessingServiceGrpc.newBlockingStub(processing);
    }

    /** What a user's tier allows, its balance, and the prices. */
    record Terms(TierLimits limits, List<JobPrice> prices, int balance) {

        /** What a job of this type costs. */
        int price(JobType type) {
            return prices.stream()
                    .filter(price -> price.getJobType() == type)
                    .findFirst()
                    .map(JobPrice::getCredits)
                    .orElseThrow(() -> Failure.of(
                            Reason.REASON_UNIMPLEMENTED,
                            "Jobs of type " + JobTypes.nameOf(type) + " are not offered here."));
        }
    }

    Terms terms(String userId) {
        GetTierLimitsResponse answer = call(() -> credits.getTierLimits(
                GetTierLimitsRequest.newBuilder().setUserId(userId).build()));
        return new Terms(answer.getLimits(), answer.getPricesList(), answer.getBalance());
    }

    /** What may be spent today, by groups of tiers. */
    List<Budget> budgets() {
        return call(() -> analytics.listBudgets(ListBudgetsRequest.getDefaultInstance()))
                .getBudgetsList();
    }

    /** Pays for a job's present charge; asking again changes nothing. */
    DeductCreditsResponse deduct(JobsRecord job) {
        return call(() -> credits.deductCredits(DeductCreditsRequest.newBuilder()
                .setUserId(job.getUserId())
                .setJobId(job.getId().toString())
                .setCharge(job.getCharge())
                .setJobType(JobTypes.byName(job.getType()))
                .setCreditCostMax(job.getCreditCost())
                .build()));
    }

    /** Pays for the present charges of jobs of one user, for all or for none; asking again changes nothing. */
    void deduct(List<JobsRecord> jobs) {
        DeductBatchRequest.Builder request =
                DeductBatchRequest.newBuilder().setUserId(jobs.getFirst().getUserId());
        jobs.forEach(job -> request.addCharges(JobCharge.newBuilder()
                .setJobId(job.getId().toString())
                .setCharge(job.getCharge())
                .setJobType(JobTypes.byName(job.getType()))
                .setCreditCostMax(job.getCreditCost())));
        call(() -> credits.deductBatch(request.build()));
    }

    /** The engine that would run a job of this type now. Quotes do without it when nobody answers. */
    EngineChoice engineFor(JobType type) {
        try {
            for (Engine engine : call(() -> processing.listEngines(ListEnginesRequest.getDefaultInstance()))
                    .getEnginesList()) {
                if (engine.getState() == EngineState.ENGINE_STATE_READY
                        && engine.getJobTypesList().contains(type)) {
                    return EngineChoice.newBuilder()
                            .setEngine(engine.getName())
                            .setReason(engine.getPromisesOrDefault(JobTypes.nameOf(type), ""))
                            .build();
                }
            }
        } catch (Failure failure) {
            return EngineChoice.getDefaultInstance();
        }
        return EngineChoice.getDefaultInstance();
    }

    /** Takes a batch of events to the event log. */
    void publish(List<Outbox.Message> batch) {
        PublishEventsRequest.Builder request = PublishEventsRequest.newBuilder();
        batch.forEach(message -> request.addEvents(Protos.read(Event.parser(), message.payload())));
        call(() -> events.publishEvents(request.build()));
    }

    /** Sends live events that are not kept; nobody waits for them, so a failure is only told. */
    void publishTransient(List<Event> live) {
        call(() -> events.publishEvents(
                PublishEventsRequest.newBuilder().addAllEvents(live).build()));
    }

    /** Gives charges back, those of a user together. */
    void refund(List<Outbox.Message> batch) {
        batch.stream()
                .map(message -> told(Protos.read(RefundCreditsRequest.parser(), message.payload())))
                .collect(
                        Collectors.groupingBy(RefundCreditsRequest::getUserId, LinkedHashMap::new, Collectors.toList()))
                .values()
                .forEach(this::refundOfUser);
    }

    /** With a reason that credits takes: an engine's words may be long, and a refund that is refused for them is never paid. */
    private static RefundCreditsRequest told(RefundCreditsRequest refund) {
        String reason = refund.getReason().replace('\0', ' ');
        int length = Math.min(REFUND_REASON_MAX, reason.codePointCount(0, reason.length()));
        return refund.toBuilder()
                .setReason(reason.substring(0, reason.offsetByCodePoints(0, length)))
                .build();
    }

    /** One that is refused fails the call, though the others are given back: the relay then finds out which by trying each. */
    private void refundOfUser(List<RefundCreditsRequest> refunds) {
        if (refunds.size() == 1) {
            call(() -> credits.refundCredits(refunds.getFirst()));
            return;
        }
        RefundBatchRequest.Builder request =
                RefundBatchRequest.newBuilder().setUserId(refunds.getFirst().getUserId());
        refunds.forEach(refund -> request.addRefunds(JobRefund.newBuilder()
                .setJobId(refund.getJobId())
                .setCharge(refund.getCharge())
                .setReason(refund.getReason())));
        try {
            for (RefundOutcome outcome :
                    call(() -> credits.refundBatch(request.build())).getOutcomesList()) {
                if (outcome.getRefusal() != Reason.REASON_UNSPECIFIED) {
                    throw Failure.of(outcome.getRefusal(), outcome.getMessage());
                }
            }
        } catch (Failure failure) {
            if (failure.reason() != Reason.REASON_UNIMPLEMENTED) {
                throw failure;
            }
            refunds.forEach(refund -> call(() -> credits.refundCredits(refund))); // credits of an older version
        }
    }

    /** Gives an earlier charge of a job back now, before its debt is delivered; asking again changes nothing. */
    void refund(JobsRecord job, int charge) {
        call(() -> credits.refundCredits(RefundCreditsRequest.newBuilder()
                .setUserId(job.getUserId())
                .setJobId(job.getId().toString())
                .setCharge(charge)
                .setReason("The work failed.")
                .build()));
    }

    /** Books costs. */
    void recordCost(List<Outbox.Message> batch) {
        batch.forEach(
                message -> call(() -> credits.recordCost(Protos.read(RecordCostRequest.parser(), message.payload()))));
    }

    private static <T> T call(Supplier<T> rpc) {
        try {
            return rpc.get();
        } catch (StatusRuntimeException e) {
            throw Failures.of(e);
        }
    }
}
