package dev.rekindle.queue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Reading and changing lanes. */
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
        return new LaneState(name, mode, by, reason, since, limits, waiting, active, delayed, lastHour);
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

    void setMode(String lane, LaneState.Mode mode, String by, String reason) {
        scripts.runOk("set_mode", List.of(lane, mode.name().toLowerCase(Locale.ROOT), by, reason));
    }
}
