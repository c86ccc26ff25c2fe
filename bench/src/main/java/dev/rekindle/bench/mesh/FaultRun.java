package dev.rekindle.bench.mesh;

import dev.rekindle.platform.Closer;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One run: the mesh is started, loaded and struck; when all is quiet again, every invariant is checked. */
final class FaultRun {
    private static final Duration START_MAX = Duration.ofMinutes(5);

    private final Plan plan;
    private final PrintStream out;
    private final long began = System.nanoTime();

    FaultRun(Plan plan, PrintStream out) {
        this.plan = plan;
        this.out = out;
    }

    /**
     * What came of a run.
     *
     * @param violations empty, or what is wrong
     * @param facts figures of the run, for its table
     */
    record Outcome(List<Violation> violations, Map<String, Map<String, Integer>> facts) {}

    Outcome run() throws Exception {
        Diary diary = new Diary();
        say("seed " + plan.seed() + ", data and logs in " + plan.folder());
        try (Closer closer = new Closer()) {
            World world = closer.add(World.start(plan));
            Calm calm = new Calm(world);
            List<String> unready = calm.awaitReady(START_MAX);
            if (!unready.isEmpty()) {
                throw new IllegalStateException("Not ready after " + START_MAX.toSeconds() + " s: " + unready);
            }
            say("all processes are ready");
            Crowd crowd = closer.add(new Crowd(world, diary));
            crowd.prepare();
            crowd.start(plan.seed());
            Storm storm = new Storm(world, plan, this::say);
            storm.run(plan.storm());
            say("the storm is over");
            long over = System.nanoTime();
            crowd.stop();
            List<String> open = calm.await(plan.quietMax());
            int quietSeconds = (int) Duration.ofNanos(System.nanoTime() - over).toSeconds();
            say(open.isEmpty() ? "all is quiet" : "it does not become quiet");
            open.forEach(what -> diary.violated("1", "quiet", what));
            return check(world, crowd, diary, storm, quietSeconds);
        }
    }

    private Outcome check(World world, Crowd crowd, Diary diary, Storm storm, int quietSeconds) throws Exception {
        try (Sql sql = new Sql(world.ground())) {
            JobsCheck jobs = new JobsCheck(sql, crowd, diary);
            OrderCheck order = new OrderCheck(sql, crowd, diary);
            BlobsCheck blobs = new BlobsCheck(sql, world.ground());
            PrivacyCheck privacy = new PrivacyCheck(crowd, diary);
            List<Check> checks =
                    List.of(jobs, new BooksCheck(sql, crowd), order, blobs, privacy, new LeftoversCheck(sql, world));
            List<Violation> found = new ArrayList<>();
            for (Check check : checks) {
                check.look();
                found.addAll(check.found());
            }
            found.addAll(diary.violations());
            Map<String, Map<String, Integer>> facts = new TreeMap<>();
            Map<String, Integer> faults = new TreeMap<>();
            storm.struck().forEach((kind, count) -> faults.put(kind.label(), count));
            facts.put("faults", faults);
            facts.put("jobs", new TreeMap<>(jobs.states()));
            facts.put("customers", diary.counts());
            facts.put(
                    "looked at",
                    new TreeMap<>(Map.of(
                            "events", order.events(),
                            "blobs", blobs.blobs(),
                            "strangers' calls", privacy.probes(),
                            "processes started again", world.restarts(),
                            "runs nobody wanted", world.logged("jobs", "began a job nobody wants done"),
                            "jobs put back", world.logged("jobs", "The queue has lost job"),
                            "seconds to quiet", quietSeconds)));
            return new Outcome(found, facts);
        }
    }

    private void say(String what) {
        out.printf("%7.1f s  %s%n", (System.nanoTime() - began) / 1e9, what);
        out.flush();
    }
}
