package dev.rekindle.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.Role;
import dev.rekindle.events.v1.Event;
import dev.rekindle.platform.rpc.Identity;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("EV-01")
class InterestTest {
    private static final Identity ANN = new Identity("ann", Set.of(Role.ROLE_USER), null, Instant.MAX);
    private static final Identity ADMIN = new Identity("root", Set.of(Role.ROLE_ADMIN), null, Instant.MAX);

    @Test
    void no_room_means_all_of_the_callers() {
        assertThat(Interest.of(ANN, List.of(), List.of()).rooms()).containsExactly(Room.ofUser("ann"));
    }

    @Test
    void every_room_but_global_is_the_callers_own() {
        Interest interest =
                Interest.of(ANN, List.of("client:c", "session:s", "photo:p", "job:a:b", "global"), List.of());
        assertThat(interest.rooms())
                .containsExactlyInAnyOrder(
                        new Room(Room.Kind.CLIENT, "ann", "c"),
                        new Room(Room.Kind.SESSION, "ann", "s"),
                        new Room(Room.Kind.PHOTO, "ann", "p"),
                        new Room(Room.Kind.JOB, "ann", "a:b"),
                        Room.GLOBAL);
    }

    @Test
    void the_users_room_takes_in_the_smaller_ones() {
        assertThat(Interest.of(ANN, List.of("job:j", "user", "global", "photo:p"), List.of())
                        .rooms())
                .containsExactlyInAnyOrder(Room.ofUser("ann"), Room.GLOBAL);
    }

    @Test
    void only_operators_hear_of_lanes() {
        assertThat(Interest.of(ADMIN, List.of("global"), List.of()).rooms())
                .containsExactlyInAnyOrder(Room.GLOBAL, Room.OPERATIONS);
        assertThat(Interest.of(ANN, List.of("global"), List.of()).rooms()).containsExactly(Room.GLOBAL);
    }

    @Test
    void an_event_is_told_in_each_room_it_names_and_only_its_users() {
        Event event = Samples.event("ann", "job.queued")
                .setClientId("c")
                .setSessionId("s")
                .setPhotoId("p")
                .setJobId("j")
                .build();
        assertThat(Room.of(event))
                .containsExactlyInAnyOrder(
                        Room.ofUser("ann"),
                        new Room(Room.Kind.CLIENT, "ann", "c"),
                        new Room(Room.Kind.SESSION, "ann", "s"),
                        new Room(Room.Kind.PHOTO, "ann", "p"),
                        new Room(Room.Kind.JOB, "ann", "j"));
        assertThat(Room.of(Samples.event("", "queue.lane.paused").build())).containsExactly(Room.OPERATIONS);
        assertThat(Room.of(Samples.event("", "job.failed").setJobId("j").build()))
                .containsExactly(Room.GLOBAL);
    }

    @Test
    void types_are_taken_by_name_and_by_family() {
        TypeFilter filter = TypeFilter.of(List.of("job.queued", "photo.processing.*"));
        assertThat(filter.takes("job.queued")).isTrue();
        assertThat(filter.takes("photo.processing.started")).isTrue();
        assertThat(filter.takes("photo.processing.stage.completed")).isTrue();
        assertThat(filter.takes("job.queued.twice")).isFalse();
        assertThat(filter.takes("job.started")).isFalse();
        assertThat(filter.takes("photo.uploaded")).isFalse();
        assertThat(filter.takes("photo.processingx")).isFalse();
        assertThat(TypeFilter.of(List.of()).takes("anything.at.all")).isTrue();
    }
}
