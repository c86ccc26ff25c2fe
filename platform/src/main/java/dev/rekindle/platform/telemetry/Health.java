package dev.rekindle.platform.telemetry;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The health of a process: alive as long as it answers, ready when everything works that it cannot do without. */
public final class Health {
    private static final Logger log = LoggerFactory.getLogger(Health.class);
    private static final Duration CHECK_MAX = Duration.ofSeconds(2);
    private static final String OK = "ok";

    /**
     * The result of all checks.
     *
     * @param ready all that is required works
     * @param checks "ok" or the failure's kind, by name
     */
    public record Report(boolean ready, Map<String, String> checks) {
        /** True if anything does not work, required or not. */
        public boolean degraded() {
            return checks.values().stream().anyMatch(result -> !result.equals(OK));
        }
    }

    private final List<HealthCheck> checks;

    public Health(List<HealthCheck> checks) {
        this.checks = List.copyOf(checks);
    }

    /** Runs all checks side by side. */
    public Report report() throws InterruptedException {
        Map<String, String> results = new LinkedHashMap<>();
        boolean ready = true;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Map<HealthCheck, Future<?>> running = new LinkedHashMap<>();
            for (HealthCheck check : checks) {
                running.put(check, threads.submit(() -> {
                    check.check();
                    return true;
                }));
            }
            for (Map.Entry<HealthCheck, Future<?>> check : running.entrySet()) {
                String name = check.getKey().name();
                String result = result(name, check.getValue());
                ready &= result.equals(OK) || !check.getKey().required();
                results.put(name, result);
            }
            threads.shutdownNow();
        }
        return new Report(ready, results);
    }

    private static String result(String name, Future<?> check) throws InterruptedException {
        try {
            check.get(CHECK_MAX.toMillis(), TimeUnit.MILLISECONDS);
            return OK;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof HealthCheck.Degraded degraded) {
                return String.valueOf(degraded.getMessage());
            }
            log.warn("{} is not healthy", name, e.getCause());
            return "failed";
        } catch (TimeoutException e) {
            check.cancel(true);
            log.warn("{} did not answer within {}", name, CHECK_MAX);
            return "timed out";
        }
    }
}
