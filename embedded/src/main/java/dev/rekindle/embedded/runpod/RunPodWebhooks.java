package dev.rekindle.embedded.runpod;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells of ended jobs by a POST, and twice more, ten seconds apart, where that is not answered by 200. Nothing is signed. */
final class RunPodWebhooks implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RunPodWebhooks.class);
    private static final Duration ANSWER_MAX = Duration.ofSeconds(10);
    private static final Duration AGAIN_AFTER = Duration.ofSeconds(10);
    private static final Duration LATE = Duration.ofSeconds(30);
    private static final long LOOK_MILLIS = 20;
    private static final int TRIES = 3;

    private final String below;
    private final Clock clock;
    private final ExecutorService threads;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(ANSWER_MAX).build();

    /**
     * Tells on threads of others.
     *
     * @param below nothing is posted but to addresses below this one; empty: nothing is
     */
    RunPodWebhooks(String below, Clock clock, ExecutorService threads) {
        this.below = below;
        this.clock = clock;
        this.threads = threads;
    }

    /** Tells of a job when it has ended, if it asks for that and its address is one of those allowed. */
    void watch(RunPodJob job, Supplier<String> message) {
        if (job.webhook().isEmpty()) {
            return;
        }
        if (below.isEmpty() || !job.webhook().startsWith(below + "/")) {
            log.warn("The stand-in does not tell of {}: it posts to addresses below \"{}\" only", job.id(), below);
            return;
        }
        URI target = URI.create(job.webhook());
        threads.execute(() -> {
            try {
                tell(job, target, message);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void tell(RunPodJob job, URI target, Supplier<String> message) throws InterruptedException {
        if (job.fault() == RunPodFault.NOT_TOLD) {
            return;
        }
        if (job.fault() == RunPodFault.TOLD_EARLY) {
            deliver(job, target, message.get());
        }
        while (!job.isEnded(clock.instant())) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
        if (job.fault() == RunPodFault.TOLD_LATE) {
            awaitTime(clock.instant().plus(LATE));
        }
        deliver(job, target, message.get());
        if (job.fault() == RunPodFault.TOLD_TWICE) {
            deliver(job, target, message.get());
        }
    }

    private void deliver(RunPodJob job, URI target, String message) throws InterruptedException {
        Instant due = clock.instant();
        for (int attempt = 1; attempt <= TRIES; attempt++) {
            awaitTime(due);
            due = due.plus(AGAIN_AFTER);
            HttpRequest request = HttpRequest.newBuilder(target)
                    .timeout(ANSWER_MAX)
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(message))
                    .build();
            try {
                int status = http.send(request, HttpResponse.BodyHandlers.discarding())
                        .statusCode();
                log.info("Told of {} at try {}; the webhook answered {}", job.id(), attempt, status);
                if (status == 200) {
                    return;
                }
            } catch (IOException e) {
                log.info("The webhook is away at try {} to tell of {}: {}", attempt, job.id(), e.getMessage());
            }
        }
    }

    private void awaitTime(Instant time) throws InterruptedException {
        while (clock.instant().isBefore(time)) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
