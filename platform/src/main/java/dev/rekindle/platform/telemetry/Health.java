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

/** The health of a process: alive as long as it answers, ready when everything it depends on works. */
public final class Health {
    private static final Logger log = LoggerFactory.getLogger(Health.class);
    private static final Duration CHECK_MAX = Duration.ofSeconds(2);

    /** The result of all checks: "ok" or the failure's kind, by name. */
    public record Report(boolean ready, Map<String, String> checks) {}

    private final List<HealthCheck> checks;

    public Health(List<HealthCheck> checks) {
        this.checks = List.copyOf(checks);
    }

    /** Runs all checks side by side. */
    public Report report() throws InterruptedException {
        Map<String, String> results = new LinkedHashMap<>();
        boolean ready = true;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Map<String, Future<?>> running = new LinkedHashMap<>();
            for (HealthCheck check : checks) {
                running.put(check.name(), threads.submit(() -> {
                    check.check();
                    return true;
                }));
            }
            for (Map.Entry<String, Future<?>> check : running.entrySet()) {
                String result = result(check.getKey(), check.getValue());
                ready &= result.equals("ok");
                results.put(check.getKey(), result);
            }
            threads.shutdownNow();
        }
        return new Report(ready, results);
    }

    private static String result(String name, Future<?> check) throws InterruptedException {
        try {
            check.get(CHECK_MAX.toMillis(), TimeUnit.MILLISECONDS);
            return "ok";
        } catch (ExecutionException e) {
            log.warn("{} is not healthy", name, e.getCause());
            return "failed";
        } catch (TimeoutException e) {
            check.cancel(true);
            log.warn("{} did not answer within {}", name, CHECK_MAX);
            return "timed out";
        }
    }
}
