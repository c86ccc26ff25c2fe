package dev.rekindle.gateway.auth;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers kept for a while, the least used forgotten first. */
final class Remembered<V> {
    private record Kept<V>(V value, Instant end) {}

    private final Clock clock;
    private final Duration life;
    private final Map<String, Kept<V>> entries;

    Remembered(Clock clock, Duration life, int entriesMax) {
        this.clock = clock;
        this.life = life;
        this.entries = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Kept<V>> eldest) {
                return size() > entriesMax;
            }
        };
    }

    synchronized @Nullable V find(String key) {
        Kept<V> entry = entries.get(key);
        if (entry == null) {
            return null;
        }
        if (!clock.instant().isBefore(entry.end())) {
            entries.remove(key);
            return null;
        }
        return entry.value();
    }

    synchronized void put(String key, V value) {
        entries.put(key, new Kept<>(value, clock.instant().plus(life)));
    }
}
