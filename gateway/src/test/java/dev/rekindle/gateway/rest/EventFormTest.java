package dev.rekindle.gateway.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.events.v1.Event;
import dev.rekindle.events.v1.Resync;
import dev.rekindle.events.v1.SubscribeResponse;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which id a browser keeps of a stream. */
@Tag("EV-03")
class EventFormTest {
    private final EventForm form = EventForm.of(EventForm.EVENT_STREAM, SubscribeResponse.getDescriptor());

    private String firstLine(SubscribeResponse.Builder message) {
        return form.message(message.build()).toStringUtf8().lines().findFirst().orElse("");
    }

    @Test
    void an_event_brings_the_id_that_resumes_after_it_and_a_passing_one_none() {
        Event.Builder event = Event.newBuilder().setId("e-1");
        assertThat(firstLine(SubscribeResponse.newBuilder().setEvent(event))).isEqualTo("id: e-1");
        assertThat(firstLine(SubscribeResponse.newBuilder().setEvent(event.setTransient(true))))
                .startsWith("data: ");
    }

    @Test
    void a_resync_to_nothing_takes_the_id_away_lest_a_browser_comes_with_it_for_ever() {
        assertThat(firstLine(SubscribeResponse.newBuilder().setResync(Resync.getDefaultInstance())))
                .isEqualTo("id");
        assertThat(firstLine(SubscribeResponse.newBuilder()
                        .setResync(Resync.newBuilder().setResumeAfter("p-7"))))
                .isEqualTo("id: p-7");
    }
}
