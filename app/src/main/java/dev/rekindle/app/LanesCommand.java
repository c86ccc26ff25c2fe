package dev.rekindle.app;

import dev.rekindle.jobs.v1.DrainLaneRequest;
import dev.rekindle.jobs.v1.Lane;
import dev.rekindle.jobs.v1.LaneLimits;
import dev.rekindle.jobs.v1.ListLanesRequest;
import dev.rekindle.jobs.v1.PauseLaneRequest;
import dev.rekindle.jobs.v1.QueuesServiceGrpc;
import dev.rekindle.jobs.v1.QueuesServiceGrpc.QueuesServiceBlockingStub;
import dev.rekindle.jobs.v1.RebalanceLanesRequest;
import dev.rekindle.jobs.v1.ResumeLaneRequest;
import dev.rekindle.jobs.v1.UpdateLaneRequest;
import dev.rekindle.jobs.v1.WatchLanesRequest;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lanes from the shell: see them, pause, resume and drain them, change their numbers. */
@Command(
        name = "lanes",
        description = "Shows and steers the lanes of a running Rekindle.",
        subcommands = RulesCommand.class,
        mixinStandardHelpOptions = true)
final class LanesCommand {

    @Command(description = "Shows the lanes.", mixinStandardHelpOptions = true)
    int list(@Mixin Where where, @Option(names = "--json", description = "As JSON.") boolean json) throws IOException {
        return Operate.asOperator(where, channel -> {
            var answer = QueuesServiceGrpc.newBlockingStub(channel).listLanes(ListLanesRequest.getDefaultInstance());
            if (json) {
                Operate.printJson(answer);
            } else {
                print(answer.getLanesList(), answer.getWorkersWanted(), answer.getRefusing());
            }
        });
    }

    private static void print(List<Lane> lanes, int workersWanted, String refusing) {
        print(lanes);
        System.out.println("Workers wanted: " + workersWanted);
        if (!refusing.isEmpty()) {
            System.out.println("New work is refused: " + refusing);
        }
    }

    @Command(
            description = "Shows the lanes again whenever they change, until interrupted.",
            mixinStandardHelpOptions = true)
    int watch(@Mixin Where where) throws IOException {
        return Operate.asOperator(
                where,
                channel -> QueuesServiceGrpc.newBlockingStub(channel)
                        .watchLanes(WatchLanesRequest.getDefaultInstance())
                        .forEachRemaining(seen -> {
                            print(seen.getLanesList(), seen.getWorkersWanted(), seen.getRefusing());
                            System.out.println();
                        }));
    }

    /** Changes a lane and shows it as it is afterwards. */
    private static int steer(Where where, Function<QueuesServiceBlockingStub, Lane> change) throws IOException {
        return Operate.asOperator(
                where, channel -> print(List.of(change.apply(QueuesServiceGrpc.newBlockingStub(channel)))));
    }

    @Command(description = "Begins no more jobs of a lane; those that run go on.", mixinStandardHelpOptions = true)
    int pause(
            @Mixin Where where,
            @Parameters(paramLabel = "LANE") String lane,
            @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Why, for the others.")
                    String reason)
            throws IOException {
        return steer(
                where,
                queues -> queues.pauseLane(PauseLaneRequest.newBuilder()
                                .setLane(lane)
                                .setReason(reason)
                                .build())
                        .getLane());
    }

    @Command(description = "Lets a lane run again.", mixinStandardHelpOptions = true)
    int resume(@Mixin Where where, @Parameters(paramLabel = "LANE") String lane) throws IOException {
        return steer(
                where,
                queues -> queues.resumeLane(
                                ResumeLaneRequest.newBuilder().setLane(lane).build())
                        .getLane());
    }

    @Command(
            description = "Takes no more new jobs into a lane; those that wait still run.",
            mixinStandardHelpOptions = true)
    int drain(
            @Mixin Where where,
            @Parameters(paramLabel = "LANE") String lane,
            @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "Why, for the others.")
                    String reason)
            throws IOException {
        return steer(
                where,
                queues -> queues.drainLane(DrainLaneRequest.newBuilder()
                                .setLane(lane)
                                .setReason(reason)
                                .build())
                        .getLane());
    }

    @Command(description = "Changes numbers of a lane; those not named stay.", mixinStandardHelpOptions = true)
    int set(
            @Mixin Where where,
            @Parameters(paramLabel = "LANE") String lane,
            @Option(names = "--active-max", paramLabel = "N", description = "Jobs running at once.") @Nullable
                    Integer activeMax,
            @Option(names = "--per-second", paramLabel = "N", description = "Jobs begun a second; 0: no limit.")
                    @Nullable
                    Integer perSecond,
            @Option(names = "--timeout", paramLabel = "TIME", description = "Of one attempt, for example 2m.") @Nullable
                    String timeout,
            @Option(names = "--attempts", paramLabel = "N", description = "Attempts of a job.") @Nullable
                    Integer attempts,
            @Option(names = "--waiting-max", paramLabel = "N", description = "Jobs that may wait.") @Nullable
                    Integer waitingMax)
            throws IOException {
        LaneLimits.Builder limits = LaneLimits.newBuilder();
        if (activeMax != null) {
            limits.setActiveMax(activeMax);
        }
        if (perSecond != null) {
            limits.setClaimsPerSecondMax(perSecond);
        }
        if (timeout != null) {
            limits.setAttemptTimeout(Operate.duration("--timeout", timeout));
        }
        if (attempts != null) {
            limits.setAttemptsMax(attempts);
        }
        if (waitingMax != null) {
            limits.setWaitingMax(waitingMax);
        }
        return steer(
                where,
                queues -> queues.updateLane(UpdateLaneRequest.newBuilder()
                                .setLane(lane)
                                .setLimits(limits)
                                .build())
                        .getLane());
    }

    @Command(
            description = "Moves waiting jobs to the lanes their users' tiers ask for now.",
            mixinStandardHelpOptions = true)
    int rebalance(
            @Mixin Where where,
            @Option(names = "--user", paramLabel = "NAME", defaultValue = "", description = "Only this user's jobs.")
                    String user)
            throws IOException {
        return Operate.asOperator(
                where,
                channel -> System.out.println(QueuesServiceGrpc.newBlockingStub(channel)
                                .rebalanceLanes(RebalanceLanesRequest.newBuilder()
                                        .setUserId(user)
                                        .build())
                                .getMovedCount()
                        + " jobs moved"));
    }

    private static void print(List<Lane> lanes) {
        Columns columns = new Columns(
                "LANE",
                "MODE",
                "WAITING",
                "ACTIVE",
                "DELAYED",
                "HELD",
                "DONE/H",
                "FAILED/H",
                "MEAN RUN",
                "WAIT",
                "A SECOND",
                "TIMEOUT",
                "ATTEMPTS");
        for (Lane lane : lanes) {
            LaneLimits limits = lane.getLimits();
            columns.add(
                    lane.getName(),
                    Operate.word(lane.getMode(), "LANE_MODE_"),
                    lane.getWaiting() + "/" + limits.getWaitingMax(),
                    lane.getActive() + "/" + limits.getActiveMax(),
                    lane.getDelayed(),
                    lane.getRetriesHeld(),
                    lane.getCompletedLastHour(),
                    lane.getFailedLastHour(),
                    lane.getCompletedLastHour() == 0 ? "-" : Operate.words(lane.getRunTimeMean()),
                    lane.hasWait()
                            ? lane.getWait().getLow().getSeconds() + "-"
                                    + lane.getWait().getHigh().getSeconds() + " s"
                            : "-",
                    limits.getClaimsPerSecondMax(),
                    Operate.words(limits.getAttemptTimeout()),
                    limits.getAttemptsMax());
        }
        columns.print();
        lanes.stream()
                .filter(lane -> !lane.getModeReason().isEmpty())
                .forEach(lane -> System.out.println(
                        lane.getName() + ": " + Operate.word(lane.getMode(), "LANE_MODE_") + " by " + lane.getModeBy()
                                + " since " + Operate.time(lane.getModeTime()) + ": " + lane.getModeReason()));
    }
}
