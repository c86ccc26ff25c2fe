package dev.rekindle.processing.engine.runpod;

import com.google.gson.JsonObject;
import dev.rekindle.processing.engine.Attempt;
import dev.rekindle.processing.pipeline.Stop;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Submits a request once. What certainly had no effect is repeated; a call whose answer was lost is not, because the job
 * may be running: its price is counted and it is told to the log.
 */
final class SubmitJob {
    private static final Logger log = LoggerFactory.getLogger(SubmitJob.class);
    private static final int TRIES = 3;
    private static final Duration LIMITED_PAUSE = Duration.ofSeconds(2);

    private final RunPodApi api;
    private final RunPodConfig config;
    private final RandomGenerator random;

    SubmitJob(RunPodApi api, RunPodConfig config, RandomGenerator random) {
        this.api = api;
        this.config = config;
        this.random = random;
    }

    /**
     * Submits.
     *
     * @param hint RunPod is asked to tell of the end by it, where it can reach us
     * @throws RunFailed if nothing was submitted, or nobody knows
     */
    RunPodJob submit(JsonObject request, Hints.Hint hint, Attempt attempt, Stop stop) {
        if (!hint.token().isEmpty()) {
            request.addProperty("webhook", config.webhook() + "/" + hint.token());
        }
        RunPodConfig.Times times = config.times();
        BackOff backOff = new BackOff(times.pollMin(), times.pollMax(), random);
        Duration limited = Duration.ZERO;
        int failures = 0;
        while (true) {
            stop.check();
            switch (api.run(request)) {
                case RunPodApi.Answer.Told told -> {
                    return told.job();
                }
                case RunPodApi.Answer.Limited answer -> {
                    Duration wait = wait(answer, backOff);
                    limited = limited.plus(wait);
                    if (limited.compareTo(times.limitedMax()) > 0) {
                        throw RunFailed.limited(wait);
                    }
                    stop.pause(wait);
                }
                case RunPodApi.Answer.Unsent answer -> {
                    failures = failed(failures, answer.detail());
                    stop.pause(backOff.next());
                }
                case RunPodApi.Answer.Broken answer -> {
                    failures = failed(failures, answer.detail());
                    stop.pause(backOff.next());
                }
                case RunPodApi.Answer.Lost answer -> throw lost(answer, attempt);
                case RunPodApi.Answer.Gone _ -> throw RunFailed.tripping("there is no endpoint " + config.endpoint());
                case RunPodApi.Answer.Refused answer -> throw refused(answer);
            }
        }
    }

    private static Duration wait(RunPodApi.Answer.Limited answer, BackOff backOff) {
        Duration own = backOff.next();
        Duration told = answer.retryAfter() == null ? LIMITED_PAUSE : answer.retryAfter();
        return told.plus(own);
    }

    private static int failed(int before, String detail) {
        if (before + 1 == TRIES) {
            throw RunFailed.counting("submitting failed " + TRIES + " times, at last: " + detail);
        }
        return before + 1;
    }

    private RunFailed lost(RunPodApi.Answer.Lost answer, Attempt attempt) {
        long price = config.prices().imageMicroUsd();
        attempt.spent().accept(price);
        log.warn(
                "The answer to submitting {} was lost ({}); a job may run at endpoint {} that nobody waits for, at most"
                        + " {} s; {} micro-USD are counted for it",
                attempt.reference(),
                answer.detail(),
                config.endpoint(),
                config.times().executionMax().toSeconds(),
                price);
        return RunFailed.counting("the answer to submitting was lost: " + answer.detail());
    }

    static RunFailed refused(RunPodApi.Answer.Refused answer) {
        return answer.status() == 401 || answer.status() == 403
                ? RunFailed.tripping(answer.detail())
                : RunFailed.counting(answer.detail());
    }
}
