package dev.rekindle.app;

import com.google.protobuf.Duration;
import dev.rekindle.jobs.v1.GetQueueRulesRequest;
import dev.rekindle.jobs.v1.GetQueueRulesResponse;
import dev.rekindle.jobs.v1.QueueRules;
import dev.rekindle.jobs.v1.QueuesServiceGrpc;
import dev.rekindle.jobs.v1.RetryRules;
import dev.rekindle.jobs.v1.UpdateQueueRulesRequest;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The numbers of the queue as a whole, from the shell. */
@Command(
        name = "rules",
        description = "Shows the numbers of the queue as a whole, and changes those that are named.",
        mixinStandardHelpOptions = true)
final class RulesCommand implements Callable<Integer> {
    @Mixin
    private final Where where = new Where();

    @Option(names = "--json", description = "As JSON.")
    private boolean json;

    @Option(names = "--normal", paramLabel = "TIME", description = "Head start of normal priority over low.")
    private @Nullable String normal;

    @Option(names = "--high", paramLabel = "TIME", description = "Head start of high priority.")
    private @Nullable String high;

    @Option(names = "--urgent", paramLabel = "TIME", description = "Head start of urgent jobs.")
    private @Nullable String urgent;

    @Option(names = "--retry", paramLabel = "TIME", description = "Head start of jobs that are tried again.")
    private @Nullable String retry;

    @Option(
            names = "--lower-lane-every",
            paramLabel = "N",
            description = "Every so many claims a lower lane is served; 0: never.")
    private @Nullable Integer lowerLaneEvery;

    @Option(
            names = "--look-ahead",
            paramLabel = "N",
            description = "Jobs of a lane passed over because a worker lacks memory for them.")
    private @Nullable Integer lookAhead;

    @Option(
            names = "--dependency-pauses",
            paramLabel = "TIME",
            split = ",",
            description = "Pauses after failures of engines, for example 30s,2m,5m.")
    private @Nullable List<String> dependencyPauses;

    @Option(names = "--temporary-first", paramLabel = "TIME", description = "First pause after passing failures.")
    private @Nullable String temporaryFirst;

    @Option(names = "--resource-first", paramLabel = "TIME", description = "First pause where memory was lacking.")
    private @Nullable String resourceFirst;

    @Option(names = "--pause-max", paramLabel = "TIME", description = "What doubled pauses do not exceed.")
    private @Nullable String pauseMax;

    @Option(names = "--jitter", paramLabel = "SHARE", description = "Taken off pauses by chance at most, 0 to 1.")
    private @Nullable Double jitter;

    @Override
    public Integer call() throws IOException {
        QueueRules wanted = wanted();
        return Operate.asOperator(where, channel -> {
            var queues = QueuesServiceGrpc.newBlockingStub(channel);
            if (!wanted.equals(QueueRules.getDefaultInstance())) {
                var _ = queues.updateQueueRules(
                        UpdateQueueRulesRequest.newBuilder().setRules(wanted).build());
            }
            GetQueueRulesResponse now = queues.getQueueRules(GetQueueRulesRequest.getDefaultInstance());
            if (json) {
                Operate.printJson(now);
            } else {
                print(now);
            }
        });
    }

    private QueueRules wanted() {
        QueueRules.Builder rules = QueueRules.newBuilder();
        time("--normal", normal, rules::setHeadStartNormal);
        time("--high", high, rules::setHeadStartHigh);
        time("--urgent", urgent, rules::setHeadStartUrgent);
        time("--retry", retry, rules::setHeadStartRetry);
        if (lowerLaneEvery != null) {
            rules.setLowerLaneEvery(lowerLaneEvery);
        }
        if (lookAhead != null) {
            rules.setLookAheadMax(lookAhead);
        }
        RetryRules.Builder pauses = RetryRules.newBuilder();
        if (dependencyPauses != null) {
            dependencyPauses.forEach(pause -> time("--dependency-pauses", pause, pauses::addDependencyPauses));
        }
        time("--temporary-first", temporaryFirst, pauses::setTemporaryFirst);
        time("--resource-first", resourceFirst, pauses::setResourceFirst);
        time("--pause-max", pauseMax, pauses::setPauseMax);
        if (jitter != null) {
            pauses.setJitter(jitter);
        }
        if (!pauses.build().equals(RetryRules.getDefaultInstance())) {
            rules.setRetry(pauses);
        }
        return rules.build();
    }

    private static void time(String option, @Nullable String text, Consumer<Duration> set) {
        if (text != null) {
            set.accept(Operate.duration(option, text));
        }
    }

    private static void print(GetQueueRulesResponse now) {
        QueueRules rules = now.getRules();
        RetryRules retry = rules.getRetry();
        Columns columns = new Columns("NUMBER", "NOW", "OPTION");
        columns.add("head start of normal", Operate.words(rules.getHeadStartNormal()), "--normal");
        columns.add("head start of high", Operate.words(rules.getHeadStartHigh()), "--high");
        columns.add("head start of urgent", Operate.words(rules.getHeadStartUrgent()), "--urgent");
        columns.add("head start of retries", Operate.words(rules.getHeadStartRetry()), "--retry");
        columns.add("a lower lane every so many claims", rules.getLowerLaneEvery(), "--lower-lane-every");
        columns.add("jobs looked at for one that fits", rules.getLookAheadMax(), "--look-ahead");
        columns.add(
                "pauses after failures of engines",
                retry.getDependencyPausesList().stream().map(Operate::words).collect(Collectors.joining(", ")),
                "--dependency-pauses");
        columns.add(
                "first pause after passing failures", Operate.words(retry.getTemporaryFirst()), "--temporary-first");
        columns.add(
                "first pause where memory was lacking", Operate.words(retry.getResourceFirst()), "--resource-first");
        columns.add("longest doubled pause", Operate.words(retry.getPauseMax()), "--pause-max");
        columns.add("taken off by chance at most", retry.getJitter(), "--jitter");
        columns.print();
        if (!now.getChangedBy().isEmpty()) {
            System.out.println("Changed by " + now.getChangedBy() + " at " + Operate.time(now.getChangeTime()));
        }
    }
}
