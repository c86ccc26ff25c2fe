package dev.rekindle.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.events.v1.Event;
import dev.rekindle.events.v1.SubscribeRequest;
import dev.rekindle.testkit.Eventually;
import dev.rekindle.testkit.Servers;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Ten thousand streams open on one process. */
@Tag("EV-01")
@Tag("EV-05")
class ManyReadersIT {
    private static final int READERS = 10_000;
    private static final int EVENTS = 1_000;
    /** Both ends of a stream live in this process; a server's end alone is less. */
    private static final long STREAM_BYTES_MAX = 64 << 10;

    @Test
    void ten_thousand_streams_are_cheap_and_an_event_costs_only_its_readers() {
        try (EventsProcess process = EventsProcess.start(Servers.databaseConfig("events"));
                EventsProcess.Connection connection = process.connect()) {
            List<String> users =
                    IntStream.range(0, READERS).mapToObj(_ -> Samples.newUser()).toList();
            long bytesBefore = usedBytes();
            long start = System.nanoTime();
            List<Reader> readers = new ArrayList<>();
            for (String user : users) {
                readers.add(connection.subscribe(EventsProcess.user(user), SubscribeRequest.getDefaultInstance()));
            }
            readers.forEach(Reader::awaitReady);
            long openMillis = (System.nanoTime() - start) / 1_000_000;
            long streamBytes = (usedBytes() - bytesBefore) / READERS;

            List<Event> events = new ArrayList<>();
            for (int i = 0; i < EVENTS; i++) {
                events.add(Samples.job(users.get(i * (READERS / EVENTS)), "j", "job.queued"));
            }
            start = System.nanoTime();
            for (int i = 0; i < EVENTS; i += 100) {
                process.publish(events.subList(i, i + 100));
            }
            for (int i = 0; i < EVENTS; i++) {
                Reader reader = readers.get(i * (READERS / EVENTS));
                Event event = events.get(i);
                Eventually.holds(() -> assertThat(reader.events()).containsExactly(event));
            }
            long tellMillis = (System.nanoTime() - start) / 1_000_000;
            assertThat(readers.stream()
                            .mapToInt(reader -> reader.events().size())
                            .sum())
                    .isEqualTo(EVENTS);
            System.out.printf(
                    "ManyReadersIT: %d streams opened in %d ms, %d bytes each (both ends); %d events to %d of them in"
                            + " %d ms%n",
                    READERS, openMillis, streamBytes, EVENTS, EVENTS, tellMillis);
            assertThat(streamBytes).isLessThan(STREAM_BYTES_MAX);
        }
    }

    private static long usedBytes() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
