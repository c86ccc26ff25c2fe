package dev.rekindle.queue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Reading and changing the lanes of one shard, and the numbers of all of them together. */
final class Lanes {
    private final Scripts scripts;

    Lanes(Scripts scripts) {
        this.scripts = scripts;
    }

    List<LaneState> list() {
        List<LaneState> states = new ArrayList<>();
        Reply reply = scripts.runOk("lanes", List.of());
        while (reply.more()) {
            states.add(state(reply.list()));
        }
        return states;
    }

    private static LaneState state(Reply reply) {
        String name = reply.text();
        var mode = LaneState.Mode.valueOf(reply.text().toUpperCase(Locale.ROOT));
        String by = reply.text();
        String reason = reply.text();
        var since = reply.time();
        LaneLimits limits = limits(reply);
        long active = reply.number();
        long delayed = reply.number();
        long completed = reply.number();
        long failed = reply.number();
        long cancelled = reply.number();
        long lost = reply.number();
        long runMillis = reply.number();
        var mean = Duration.ofMillis(completed == 0 ? 0 : runMillis / completed);
        Map<String, Long> waiting = new TreeMap<>();
        while (reply.more()) {
            waiting.put(reply.text(), reply.number());
        }
        var lastHour = new LaneState.LastHour(completed, failed, cancelled, lost, mean);
        return new LaneState(name, mode, by, reason, since, limits, waiting, active, delayed, lastHour, true);
    }

    LaneLimits limits(String lane) {
        return limits(scripts.runOk("limits", List.of(lane)));
    }

    private static LaneLimits limits(Reply reply) {
        return new LaneLimits(
                reply.count(), reply.count(), Duration.ofMillis(reply.number()), reply.count(), reply.count());
    }

    void setLimits(String lane, LaneLimits limits) {
        List<Object> arguments = new ArrayList<>();
        arguments.add(lane);
        Scripts.addLimits(arguments, limits);
        scripts.runOk("set_limits", arguments);
    }

    QueueRules rules() {
        Reply reply = scripts.runOk("rules", arguments(QueueRules.of(scripts.config())));
        return new QueueRules(
                new QueueConfig.HeadStarts(micros(reply), micros(reply), micros(reply), micros(reply)),
                new QueueConfig.Claims(reply.count(), reply.count()));
    }

    private static Duration micros(Reply reply) {
        return Duration.ofMillis(reply.number() / 1000);
    }

    void setRules(QueueRules rules) {
        scripts.runOk("set_rules", arguments(rules));
    }

    private static List<Object> arguments(QueueRules rules) {
        return List.of(
                WaitingJobs.micros(rules.headStarts().normal()),
                WaitingJobs.micros(rules.headStarts().high()),
                WaitingJobs.micros(rules.headStarts().urgent()),
                WaitingJobs.micros(rules.headStarts().retry()),
                rules.claims().lowerLaneEvery(),
                rules.claims().lookAheadMax());
    }

    void setMode(String lane, LaneState.Mode mode, String by, String reason) {
        scripts.runOk("set_mode", List.of(lane, mode.name().toLowerCase(Locale.ROOT), by, reason));
    }
}
