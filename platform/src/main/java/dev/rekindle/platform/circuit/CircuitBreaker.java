package dev.rekindle.platform.circuit;

import dev.rekindle.platform.Loop;
import dev.rekindle.platform.telemetry.HealthCheck;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps calls away from something that fails. It opens when so many of the newest calls failed, at least half of them and
 * all within a while; then none is let in for a time, and after it one at a time until one succeeds.
 *
 * <p>A few failures among many successes never open it: a slow call is not an outage.
 */
public final class CircuitBreaker {
    private static final Logger log = LoggerFactory.getLogger(CircuitBreaker.class);
    private static final Duration RETRY_SOONEST = Duration.ofSeconds(1);

    private final String name;
    private final CircuitRule rule;
    private final LongSupplier nanoClock;
    /** The newest calls, a ring: when each ended, and whether it failed. */
    private final long[] endedAt;

    private final boolean[] failed;
    private int calls;
    private int next;

    private boolean open;
    private long openUntil;
    private boolean trial;
    private long trialBegan;
    private long period;
    private long opened;
    private long refused;

    /** Whether calls are let in. */
    public enum State {
        CLOSED(0),
        /** One at a time. */
        HALF_OPEN(1),
        OPEN(2);

        private final int figure;

        State(int figure) {
            this.figure = figure;
        }
    }

    /** What the end of a call says of what it went to. */
    public enum Verdict {
        WORKS,
        FAILS,
        SAYS_NOTHING
    }

    /** @param nanoClock tells time, as {@code System.nanoTime} does */
    public CircuitBreaker(String name, CircuitRule rule, LongSupplier nanoClock) {
        this.name = name;
        this.rule = rule;
        this.nanoClock = nanoClock;
        this.endedAt = new long[2 * rule.failuresMax()];
        this.failed = new boolean[2 * rule.failuresMax()];
    }

    /** One call that was let in. The first word on how it went counts; a word of before the circuit last changed does not. */
    public final class Pass {
        private final long ofPeriod;
        private boolean told;

        private Pass(long ofPeriod) {
            this.ofPeriod = ofPeriod;
        }

        /** The call told this. */
        public void tell(Verdict verdict) {
            end(this, verdict, false);
        }

        /** The call failed so that trying again soon is of no use: opens the circuit at once. */
        public void trip() {
            end(this, Verdict.FAILS, true);
        }
    }

    public String name() {
        return name;
    }

    public synchronized State state() {
        if (!open) {
            return State.CLOSED;
        }
        return nanoClock.getAsLong() - openUntil >= 0 ? State.HALF_OPEN : State.OPEN;
    }

    /** True if a call would be let in now. */
    public synchronized boolean lets() {
        long now = nanoClock.getAsLong();
        boolean waitsForTrial = trial && now - trialBegan < rule.test().toNanos();
        return !open || (now - openUntil >= 0 && !waitsForTrial);
    }

    /**
     * Lets a call in. It must tell how it went.
     *
     * @throws CircuitOpen if none is let in now
     */
    public synchronized Pass enter() {
        requireLets();
        trial = open;
        trialBegan = nanoClock.getAsLong();
        return new Pass(period);
    }

    /** Refuses as {@link #enter} would, and lets nothing in. */
    public synchronized void requireLets() {
        if (!lets()) {
            refused++;
            Duration left = Duration.ofNanos(openUntil - nanoClock.getAsLong());
            throw new CircuitOpen(name, left.compareTo(RETRY_SOONEST) < 0 ? RETRY_SOONEST : left);
        }
    }

    /**
     * Makes a call, if it is let in.
     *
     * @param verdict what an exception says
     */
    public <T> T call(Supplier<T> work, Function<RuntimeException, Verdict> verdict) {
        Pass pass = enter();
        try {
            T result = work.get();
            pass.tell(Verdict.WORKS);
            return result;
        } catch (RuntimeException e) {
            pass.tell(verdict.apply(e));
            throw e;
        } finally {
            pass.tell(Verdict.SAYS_NOTHING); // an Error
        }
    }

    /** Something else than a call says that what failed may be back: the next call is let in as a trial. */
    public synchronized void mayBeBack() {
        long now = nanoClock.getAsLong();
        if (open && now - openUntil < 0) {
            openUntil = now;
        }
    }

    private synchronized void end(Pass pass, Verdict verdict, boolean trips) {
        if (pass.told) {
            return;
        }
        pass.told = true;
        if (pass.ofPeriod != period) {
            return;
        }
        switch (verdict) {
            case WORKS -> {
                note(false);
                if (open) {
                    change(false);
                }
            }
            case FAILS -> {
                note(true);
                if (open || trips || (rule.failuresMax() > 0 && failures() >= rule.failuresMax())) {
                    change(true);
                }
            }
            case SAYS_NOTHING -> trial = false;
        }
    }

    private void note(boolean failure) {
        if (endedAt.length > 0) {
            endedAt[next] = nanoClock.getAsLong();
            failed[next] = failure;
            next = (next + 1) % endedAt.length;
            calls = Math.min(calls + 1, endedAt.length);
        }
    }

    private int failures() {
        long now = nanoClock.getAsLong();
        int failures = 0;
        for (int i = 0; i < calls; i++) {
            if (failed[i] && now - endedAt[i] <= rule.within().toNanos()) {
                failures++;
            }
        }
        return failures;
    }

    private void change(boolean opens) {
        if (opens != open) {
            log.warn(
                    opens ? "{} fails: it is left alone for {}" : "{} is back, after {} of rest each time",
                    name,
                    rule.open());
            opened += opens ? 1 : 0;
        }
        open = opens;
        openUntil = nanoClock.getAsLong() + rule.open().toNanos();
        trial = false;
        calls = 0;
        next = 0;
        period++;
    }

    /** Publishes its state (0 closed, 1 half open, 2 open), how often it opened and how many calls it refused. */
    public CircuitBreaker bindTo(MeterRegistry metrics) {
        Gauge.builder("circuit_breaker_state", this, breaker -> breaker.state().figure)
                .description("0 closed, 1 half open: one call at a time, 2 open: no calls")
                .tag("dependency", name)
                .register(metrics);
        FunctionCounter.builder("circuit_breaker_opened_total", this, CircuitBreaker::timesOpened)
                .description("How often the dependency failed so that it was left alone")
                .tag("dependency", name)
                .register(metrics);
        FunctionCounter.builder("circuit_breaker_refused_total", this, CircuitBreaker::callsRefused)
                .description("Calls refused while the dependency was left alone")
                .tag("dependency", name)
                .register(metrics);
        return this;
    }

    private synchronized long timesOpened() {
        return opened;
    }

    private synchronized long callsRefused() {
        return refused;
    }

    /**
     * Asks what failed, while it is left alone, every while and whenever woken whether it is back. So no caller is used up
     * for trying, and recovery is seen long before the time is over.
     *
     * @param question harmless and short; throws while there is no answer
     */
    public Loop testing(HealthCheck.Check question) {
        return Loop.start("circuit-" + name, rule.test(), () -> {
            if (state() == State.OPEN) {
                ask(question);
            }
            return false;
        });
    }

    private void ask(HealthCheck.Check question) throws InterruptedException {
        try {
            question.run();
            mayBeBack();
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            log.debug("{} is still away", name, e);
        }
    }

    /** The check, told at once and without asking while the circuit is open. */
    public HealthCheck over(HealthCheck check) {
        return HealthCheck.of(check.name(), () -> {
            if (state() == State.OPEN) {
                throw new HealthCheck.Degraded("circuit open");
            }
            check.check();
        });
    }
}
