package dev.rekindle.bench.mesh;

import dev.rekindle.common.v1.Tier;
import dev.rekindle.credits.v1.SetTierRequest;
import dev.rekindle.jobs.v1.AnnotateDeadLetterRequest;
import dev.rekindle.jobs.v1.DeadLetter;
import dev.rekindle.jobs.v1.DeadLetterState;
import dev.rekindle.jobs.v1.DiscardDeadLettersRequest;
import dev.rekindle.jobs.v1.DrainLaneRequest;
import dev.rekindle.jobs.v1.GetLaneRequest;
import dev.rekindle.jobs.v1.LaneLimits;
import dev.rekindle.jobs.v1.ListDeadLettersRequest;
import dev.rekindle.jobs.v1.PauseLaneRequest;
import dev.rekindle.jobs.v1.QueuesServiceGrpc;
import dev.rekindle.jobs.v1.RebalanceLanesRequest;
import dev.rekindle.jobs.v1.ResumeLaneRequest;
import dev.rekindle.jobs.v1.RetryDeadLettersRequest;
import dev.rekindle.jobs.v1.UpdateLaneRequest;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * One of several who run the business and do not ask each other: lanes are paused, drained, resumed, narrowed and
 * rebalanced, dead letters retried and discarded, tiers changed, while users cancel, retry and delete.
 */
final class Operator {
    private static final List<String> LANES = List.of("forever_tier", "paid_priority", "free_tier");
    private static final List<Tier> TIERS = List.of(Tier.TIER_FREE, Tier.TIER_REMEMBER, Tier.TIER_CHERISH);
    private static final int LETTERS_MAX = 3;

    private final Caller caller;
    private final Diary diary;
    private final SplittableRandom random;
    private final List<String> users;

    /** @param users those whose tier changes from time to time */
    Operator(Caller caller, Diary diary, SplittableRandom random, List<String> users) {
        this.caller = caller;
        this.diary = diary;
        this.random = random;
        this.users = users;
    }

    /** Acts until told to stop. */
    void run(BooleanSupplier goingOn) throws InterruptedException {
        while (goingOn.getAsBoolean()) {
            try {
                act();
            } catch (StatusRuntimeException e) {
                diary.count("refused an operator " + e.getStatus().getCode());
            }
            TimeUnit.MILLISECONDS.sleep(random.nextInt(200, 1_500));
        }
    }

    /** Lanes take jobs and begin them again. */
    void openLanes() throws InterruptedException {
        for (String lane : LANES) {
            caller.patiently(() -> queues().resumeLane(resume(lane)));
            caller.patiently(() -> queues().updateLane(limits(lane, 100)));
        }
    }

    private QueuesServiceGrpc.QueuesServiceBlockingStub queues() {
        return QueuesServiceGrpc.newBlockingStub(caller.channel()).withDeadlineAfter(10, TimeUnit.SECONDS);
    }

    private void act() throws InterruptedException {
        String lane = one(LANES);
        diary.count("orders");
        switch (random.nextInt(12)) {
            case 0 ->
                caller.patiently(() -> queues().pauseLane(PauseLaneRequest.newBuilder()
                        .setLane(lane)
                        .setReason("for a test")
                        .build()));
            case 1 ->
                caller.patiently(() -> queues().drainLane(DrainLaneRequest.newBuilder()
                        .setLane(lane)
                        .setReason("for a test")
                        .build()));
            case 2, 3, 4, 5, 6 -> caller.patiently(() -> queues().resumeLane(resume(lane)));
            case 7 -> {
                int activeMax = random.nextInt(1, 5);
                caller.patiently(() -> queues().updateLane(limits(lane, activeMax)));
            }
            case 8 -> caller.patiently(() -> queues().rebalanceLanes(RebalanceLanesRequest.getDefaultInstance()));
            case 9 -> {
                SetTierRequest wish = SetTierRequest.newBuilder()
                        .setUserId(one(users))
                        .setTier(one(TIERS))
                        .build();
                caller.patiently(() -> caller.credits().setTier(wish));
            }
            default -> letters();
        }
    }

    private static ResumeLaneRequest resume(String lane) {
        return ResumeLaneRequest.newBuilder().setLane(lane).build();
    }

    /** The lane's numbers with another cap. */
    private UpdateLaneRequest limits(String lane, int activeMax) {
        LaneLimits now = queues().getLane(
                        GetLaneRequest.newBuilder().setLane(lane).build())
                .getLane()
                .getLimits();
        return UpdateLaneRequest.newBuilder()
                .setLane(lane)
                .setLimits(now.toBuilder().setActiveMax(activeMax))
                .build();
    }

    private void letters() throws InterruptedException {
        List<String> ids = caller
                .patiently(() -> queues().listDeadLetters(ListDeadLettersRequest.newBuilder()
                        .setState(DeadLetterState.DEAD_LETTER_STATE_OPEN)
                        .setPageSize(50)
                        .build()))
                .getDeadLettersList()
                .stream()
                .map(DeadLetter::getJobId)
                .toList();
        if (ids.isEmpty()) {
            return;
        }
        int from = random.nextInt(ids.size());
        List<String> some = ids.subList(from, Math.min(ids.size(), from + LETTERS_MAX));
        switch (random.nextInt(3)) {
            case 0 -> {
                some.forEach(diary::retries);
                caller.patiently(() -> queues().retryDeadLetters(RetryDeadLettersRequest.newBuilder()
                        .addAllJobIds(some)
                        .build()));
            }
            case 1 ->
                caller.patiently(() -> queues().discardDeadLetters(DiscardDeadLettersRequest.newBuilder()
                        .addAllJobIds(some)
                        .setReason("for a test")
                        .build()));
            default ->
                caller.patiently(() -> queues().annotateDeadLetter(AnnotateDeadLetterRequest.newBuilder()
                        .setJobId(some.getFirst())
                        .setText("looked at")
                        .build()));
        }
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }
}
