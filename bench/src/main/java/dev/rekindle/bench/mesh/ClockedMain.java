package dev.rekindle.bench.mesh;

import dev.rekindle.credits.CreditsMain;
import dev.rekindle.events.EventsMain;
import dev.rekindle.gateway.GatewayMain;
import dev.rekindle.jobs.JobsMain;
import dev.rekindle.platform.ProcessMain;
import dev.rekindle.processing.ProcessingMain;
import dev.rekindle.processing.worker.WorkerMain;
import java.nio.file.Path;
import java.util.List;

/** A process of the mesh whose clock can be put wrong while it runs: which, and the file that says by how much. */
public final class ClockedMain {
    static final String PROCESS = "mesh.process";
    static final String CLOCK = "mesh.clock";

    private ClockedMain() {}

    public static void main(String[] arguments) throws Exception {
        String process = System.getProperty(PROCESS, "");
        ProcessMain.run(process, starter(process), WrongClock.saidBy(Path.of(System.getProperty(CLOCK, ""))));
    }

    /** Options of the JVM that make it run that process. */
    static List<String> options(String process, Path clock) {
        return List.of("-D" + PROCESS + "=" + process, "-D" + CLOCK + "=" + clock);
    }

    /** What starts a process of that name. */
    static ProcessMain.Starter starter(String process) {
        return switch (process) {
            case "events" -> EventsMain::start;
            case "credits" -> CreditsMain::start;
            case "processing" -> ProcessingMain::start;
            case "jobs" -> JobsMain::start;
            case "gateway" -> GatewayMain::start;
            case "worker" -> WorkerMain::start;
            case String other -> throw new IllegalArgumentException(other);
        };
    }
}
