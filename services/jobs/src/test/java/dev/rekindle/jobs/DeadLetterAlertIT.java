package dev.rekindle.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.FailureClass;
import dev.rekindle.events.v1.Event;
import dev.rekindle.jobs.v1.DiscardDeadLettersRequest;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.jobs.v1.Photo;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.db.Outbox;
import dev.rekindle.testkit.Eventually;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** When operators are told that too many jobs failed for good, and when that it is over. */
@Tag("Q-08")
class DeadLetterAlertIT {
    @Test
    void operators_are_told_once_when_too_many_are_open_and_once_when_they_no_longer_are() {
        try (JobsOfTest own = new JobsOfTest(Map.of("limits.dead_letters_alert", "1", "times.count", "100ms"))) {
            Job job = own.createJob("zoe", own.preparedPhoto("zoe"));
            own.fail(own.claim("ai"), FailureClass.FAILURE_CLASS_DATA);
            Eventually.holds(() -> assertThat(own.peers.operatorEvents())
                    .extracting(Event::getType)
                    .containsExactly("queue.dead_letters.many"));
            assertThat(own.peers.operatorEvents().getFirst().getLane().getReason())
                    .startsWith("1 dead letter is open; ");
            Eventually.holds(() -> assertThat(own.telemetry.scrape())
                    .contains("dead_letters_open{failure_class=\"DATA\"")
                    .containsPattern("dead_letters_alert\\{[^}]*} 1"));
            own.queues("op")
                    .discardDeadLetters(DiscardDeadLettersRequest.newBuilder()
                            .addJobIds(job.getId())
                            .build());
            Eventually.holds(() -> assertThat(own.peers.operatorEvents())
                    .extracting(Event::getType)
                    .containsExactly("queue.dead_letters.many", "queue.dead_letters.few"));
        }
    }

    /** Counted by hand, so that every number is seen. */
    @Test
    void a_number_that_goes_to_and_fro_about_the_alert_tells_nobody_twice() {
        try (JobsOfTest own = new JobsOfTest(Map.of("limits.dead_letters_alert", "1000", "times.count", "1h"))) {
            Photo photo = own.preparedPhoto("zoe");
            Database database = own.openDatabase();
            WatchDeadLetters watch = new WatchDeadLetters(
                    database,
                    new DeadLetterStore(),
                    new Outbox(),
                    new JobEvents(Ids.timeOrdered(), Clock.systemUTC()),
                    new WatchDeadLetters.Sources(Clock.systemUTC(), 4, own.telemetry.metrics()));
            List<Job> open = new ArrayList<>();
            List<String> told = new ArrayList<>();
            for (int wanted : new int[] {3, 4, 3, 5, 4, 3, 4, 2, 3, 2, 3, 4}) {
                while (open.size() < wanted) {
                    Job job = own.createJob("zoe", photo);
                    own.fail(own.claim("ai"), FailureClass.FAILURE_CLASS_DATA);
                    own.await("zoe", job.getId(), JobState.JOB_STATE_FAILED);
                    open.add(job);
                }
                while (open.size() > wanted) {
                    own.queues("op")
                            .discardDeadLetters(DiscardDeadLettersRequest.newBuilder()
                                    .addJobIds(open.removeLast().getId())
                                    .build());
                }
                watch.run();
                told.add(wanted + (new DeadLetterStore().isRaised(database.sql(), "dead_letters") ? " raised" : ""));
            }
            assertThat(told)
                    .containsExactly(
                            "3",
                            "4 raised",
                            "3 raised",
                            "5 raised",
                            "4 raised",
                            "3 raised",
                            "4 raised",
                            "2",
                            "3",
                            "2",
                            "3",
                            "4 raised");
            Eventually.holds(() -> assertThat(own.peers.operatorEvents())
                    .extracting(event -> event.getLane().getReason())
                    .containsExactly(
                            "4 dead letters are open; the alert is set at 4.",
                            "2 dead letters are open, at most half of the 4 of the alert.",
                            "4 dead letters are open; the alert is set at 4."));
        }
    }
}
