package dev.rekindle.jobs;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.Resolution;
import dev.rekindle.common.v1.Tier;
import dev.rekindle.common.v1.TierLimits;
import dev.rekindle.credits.v1.AnalyticsServiceGrpc;
import dev.rekindle.credits.v1.Budget;
import dev.rekindle.credits.v1.CreditsServiceGrpc;
import dev.rekindle.credits.v1.DeductBatchRequest;
import dev.rekindle.credits.v1.DeductBatchResponse;
import dev.rekindle.credits.v1.DeductCreditsRequest;
import dev.rekindle.credits.v1.DeductCreditsResponse;
import dev.rekindle.credits.v1.GetTierLimitsRequest;
import dev.rekindle.credits.v1.GetTierLimitsResponse;
import dev.rekindle.credits.v1.JobPrice;
import dev.rekindle.credits.v1.JobRefund;
import dev.rekindle.credits.v1.ListBudgetsResponse;
import dev.rekindle.credits.v1.RecordCostRequest;
import dev.rekindle.credits.v1.RecordCostResponse;
import dev.rekindle.credits.v1.RefundBatchRequest;
import dev.rekindle.credits.v1.RefundBatchResponse;
import dev.rekindle.credits.v1.RefundCreditsRequest;
import dev.rekindle.credits.v1.RefundCreditsResponse;
import dev.rekindle.events.v1.Event;
import dev.rekindle.events.v1.EventsServiceGrpc;
import dev.rekindle.events.v1.PublishEventsRequest;
import dev.rekindle.events.v1.PublishEventsResponse;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.RpcServer;
import dev.rekindle.platform.rpc.RpcService;
import dev.rekindle.platform.telemetry.Telemetry;
import dev.rekindle.processing.v1.Engine;
import dev.rekindle.processing.v1.EngineState;
import dev.rekindle.processing.v1.ListEnginesResponse;
import dev.rekindle.processing.v1.ProcessingServiceGrpc;
import dev.rekindle.testkit.Mesh;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The services around jobs, as a small mesh of the test's own: real gRPC, books in memory that keep the contract of
 * credits (a charge once, a refund once, a refund before its charge forbids the charge), and a log of events.
 */
final class PeersOfTest implements AutoCloseable {
    private final Map<String, Integer> balances = new HashMap<>();
    private final Map<String, Integer> charges = new LinkedHashMap<>();
    private final Map<String, Boolean> refunds = new LinkedHashMap<>();
    private final Map<String, Event> events = new LinkedHashMap<>();
    private final List<RecordCostRequest> costs = new ArrayList<>();
    private final Set<String> askedFor = new HashSet<>();
    private final RpcServer server;
    private final Map<String, Budget> budgets = new LinkedHashMap<>();
    private boolean creditsAway;
    private boolean answerLost;
    private int batchCalls;
    private int refundBatchCalls;
    private int refundCalls;
    private boolean withoutRefundBatch;
    private String refusedRefundOf = "";
    private TierLimits limits = TierLimits.newBuilder()
            .setTier(Tier.TIER_CHERISH)
            .setResolutionMax(Resolution.RESOLUTION_720P)
            .setOpenJobsMax(100)
            .setPriorityMax(10)
            .setUploadBytesMax(50L << 20)
            .build();

    PeersOfTest(Telemetry telemetry) {
        server = Mesh.serve(
                "credits",
                telemetry,
                List.of(
                        RpcService.of(CreditsServiceGrpc.getServiceDescriptor())
                                .unary(CreditsServiceGrpc.getGetTierLimitsMethod(), this::terms)
                                .unary(CreditsServiceGrpc.getDeductCreditsMethod(), this::deduct)
                                .unary(CreditsServiceGrpc.getDeductBatchMethod(), this::deductBatch)
                                .unary(CreditsServiceGrpc.getRefundCreditsMethod(), this::refund)
                                .unary(CreditsServiceGrpc.getRefundBatchMethod(), this::refundBatch)
                                .unary(CreditsServiceGrpc.getRecordCostMethod(), this::cost)
                                .build(),
                        RpcService.of(AnalyticsServiceGrpc.getServiceDescriptor())
                                .unary(AnalyticsServiceGrpc.getListBudgetsMethod(), request -> budgets())
                                .build(),
                        RpcService.of(EventsServiceGrpc.getServiceDescriptor())
                                .unary(EventsServiceGrpc.getPublishEventsMethod(), this::publish)
                                .build(),
                        RpcService.of(ProcessingServiceGrpc.getServiceDescriptor())
                                .unary(
                                        ProcessingServiceGrpc.getListEnginesMethod(),
                                        request -> ListEnginesResponse.newBuilder()
                                                .addEngines(Engine.newBuilder()
                                                        .setName("embedded")
                                                        .setState(EngineState.ENGINE_STATE_READY)
                                                        .addJobTypes(JobType.JOB_TYPE_RESTORATION))
                                                .build())
                                .build()));
    }

    int port() {
        return server.port();
    }

    synchronized void give(String user, int credits) {
        balances.put(user, credits);
    }

    synchronized int balance(String user) {
        return balances.getOrDefault(user, 100);
    }

    /** True if somebody asked what this user may do, which opens an account. */
    synchronized boolean askedFor(String user) {
        return askedFor.contains(user);
    }

    /** Charges of a job that stand: made and not given back. */
    synchronized long standing(String jobId) {
        return charges.keySet().stream()
                .filter(key -> key.startsWith(jobId) && !refunds.containsKey(key))
                .count();
    }

    synchronized void setCreditsAway(boolean away) {
        creditsAway = away;
    }

    /** The next charge is made, and its answer lost on the way. */
    synchronized void loseNextAnswer() {
        answerLost = true;
    }

    /** How often several jobs were paid together. */
    synchronized int batchCalls() {
        return batchCalls;
    }

    /** How often several charges were given back together. */
    synchronized int refundBatchCalls() {
        return refundBatchCalls;
    }

    /** How often one charge was given back by itself. */
    synchronized int refundCalls() {
        return refundCalls;
    }

    /** From now on the credits service is of a version that gives charges back one by one only. */
    synchronized void setWithoutRefundBatch() {
        withoutRefundBatch = true;
    }

    /** From now on no charge of this job is given back; "" ends that. */
    synchronized void setRefusedRefundOf(String jobId) {
        refusedRefundOf = jobId;
    }

    /** From now on the credits service answers so about that budget. */
    synchronized void setBudget(Budget budget) {
        budgets.put(budget.getName(), budget);
    }

    private synchronized ListBudgetsResponse budgets() {
        return ListBudgetsResponse.newBuilder().addAllBudgets(budgets.values()).build();
    }

    synchronized void setLimits(TierLimits newLimits) {
        limits = newLimits;
    }

    synchronized TierLimits limits() {
        return limits;
    }

    /** Types of the kept events of a job, in order. */
    synchronized List<String> eventTypes(String jobId) {
        return events(jobId).stream().map(Event::getType).toList();
    }

    /** Types of the kept events about a photo, in order. */
    synchronized List<String> eventTypesOfPhoto(String photoId) {
        return events.values().stream()
                .filter(event -> event.getPhotoId().equals(photoId))
                .map(Event::getType)
                .toList();
    }

    /** The kept events of a job, in order. */
    synchronized List<Event> events(String jobId) {
        return events.values().stream()
                .filter(event -> event.getJobId().equals(jobId) && !event.getTransient())
                .toList();
    }

    /** The percents of a job that were told live, in order. */
    synchronized List<Double> progress(String jobId) {
        return events.values().stream()
                .filter(event -> event.getJobId().equals(jobId) && event.getTransient())
                .map(event -> event.getJob().getPercent())
                .toList();
    }

    /** What operators were told, in order. */
    synchronized List<Event> operatorEvents() {
        return events.values().stream()
                .filter(event -> event.getType().startsWith("queue."))
                .toList();
    }

    synchronized List<RecordCostRequest> costs() {
        return List.copyOf(costs);
    }

    private synchronized GetTierLimitsResponse terms(GetTierLimitsRequest request) {
        askedFor.add(request.getUserId());
        return GetTierLimitsResponse.newBuilder()
                .setLimits(limits)
                .setBalance(balance(request.getUserId()))
                .addPrices(price(JobType.JOB_TYPE_RESTORATION, 2))
                .addPrices(price(JobType.JOB_TYPE_COLOURIZATION, 3))
                .addPrices(price(JobType.JOB_TYPE_COMBINED, 4))
                .addPrices(price(JobType.JOB_TYPE_IMAGE, 1))
                .addPrices(price(JobType.JOB_TYPE_VIDEO, 5))
                .addPrices(price(JobType.JOB_TYPE_ANIMATION, 8))
                .addPrices(price(JobType.JOB_TYPE_COMPOSITION, 6))
                .build();
    }

    private static JobPrice price(JobType type, int credits) {
        return JobPrice.newBuilder().setJobType(type).setCredits(credits).build();
    }

    private synchronized DeductCreditsResponse deduct(DeductCreditsRequest request) {
        pay(request.getUserId(), Map.of(request.getJobId() + ":" + request.getCharge(), request.getCreditCostMax()));
        return DeductCreditsResponse.getDefaultInstance();
    }

    private synchronized DeductBatchResponse deductBatch(DeductBatchRequest request) {
        batchCalls++;
        Map<String, Integer> costs = new LinkedHashMap<>();
        request.getChargesList()
                .forEach(charge -> costs.put(charge.getJobId() + ":" + charge.getCharge(), charge.getCreditCostMax()));
        pay(request.getUserId(), costs);
        return DeductBatchResponse.getDefaultInstance();
    }

    /** Makes all charges that are not made yet, or none. */
    private void pay(String user, Map<String, Integer> costs) {
        if (creditsAway) {
            throw Failure.of(Reason.REASON_UNAVAILABLE, "away");
        }
        if (costs.keySet().stream().anyMatch(refunds::containsKey)) {
            throw Failure.of(Reason.REASON_STATE_CONFLICT, "This charge was made void.");
        }
        Map<String, Integer> missing = new LinkedHashMap<>(costs);
        missing.keySet().removeAll(charges.keySet());
        int cost = missing.values().stream().mapToInt(Integer::intValue).sum();
        if (balance(user) < cost) {
            throw Failure.of(Reason.REASON_INSUFFICIENT_CREDITS, "Not enough.");
        }
        balances.put(user, balance(user) - cost);
        charges.putAll(missing);
        if (answerLost) {
            answerLost = false;
            throw Failure.of(Reason.REASON_DEADLINE_EXCEEDED, "The answer was lost.");
        }
    }

    private synchronized RefundCreditsResponse refund(RefundCreditsRequest request) {
        refundCalls++;
        if (request.getJobId().equals(refusedRefundOf)) {
            throw Failure.of(Reason.REASON_IDEMPOTENCY_CONFLICT, "This charge is another user's.");
        }
        giveBack(request.getUserId(), request.getJobId() + ":" + request.getCharge());
        return RefundCreditsResponse.getDefaultInstance();
    }

    private synchronized RefundBatchResponse refundBatch(RefundBatchRequest request) {
        refundBatchCalls++;
        if (withoutRefundBatch) {
            throw Failure.of(Reason.REASON_UNIMPLEMENTED, "RefundBatch is not available on this server yet.");
        }
        RefundBatchResponse.Builder response = RefundBatchResponse.newBuilder();
        for (JobRefund refund : request.getRefundsList()) {
            if (refund.getJobId().equals(refusedRefundOf)) {
                response.addOutcomesBuilder()
                        .setRefusal(Reason.REASON_IDEMPOTENCY_CONFLICT)
                        .setMessage("This charge is another user's.");
            } else {
                giveBack(request.getUserId(), refund.getJobId() + ":" + refund.getCharge());
                response.addOutcomesBuilder();
            }
        }
        return response.build();
    }

    private void giveBack(String user, String key) {
        if (refunds.put(key, true) == null) {
            balances.put(user, balance(user) + charges.getOrDefault(key, 0));
        }
    }

    private synchronized RecordCostResponse cost(RecordCostRequest request) {
        costs.add(request);
        return RecordCostResponse.getDefaultInstance();
    }

    private synchronized PublishEventsResponse publish(PublishEventsRequest request) {
        request.getEventsList().forEach(event -> events.putIfAbsent(event.getId(), event));
        return PublishEventsResponse.getDefaultInstance();
    }

    @Override
    public void close() {
        server.close();
    }
}
