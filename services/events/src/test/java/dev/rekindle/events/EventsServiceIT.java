package dev.rekindle.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.Role;
import dev.rekindle.events.v1.Event;
import dev.rekindle.events.v1.ListEventsRequest;
import dev.rekindle.events.v1.ListEventsResponse;
import dev.rekindle.events.v1.PublishEventsRequest;
import dev.rekindle.events.v1.SubscribeRequest;
import dev.rekindle.platform.db.DatabaseConfig;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Failures;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.testkit.Eventually;
import dev.rekindle.testkit.Servers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The service end to end: through a channel, its interceptors, PostgreSQL and Redis. */
@Tag("EV-01")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EventsServiceIT {
    private static final SubscribeRequest ALL = SubscribeRequest.getDefaultInstance();

    private final DatabaseConfig database = Servers.databaseConfig("events");
    private final EventsProcess process = EventsProcess.start(database);
    private final EventsProcess.Connection connection = process.connect();
    private final String ann = Samples.newUser();
    private final String bob = Samples.newUser();

    @AfterAll
    void close() {
        connection.close();
        process.close();
    }

    @Test
    void a_stream_is_ready_and_then_sends_what_happens() {
        Reader reader = connection.subscribe(EventsProcess.user(ann), ALL);
        reader.awaitReady();
        Event first = Samples.job(ann, "1", "job.queued");
        Event second = Samples.job(ann, "1", "job.started");
        assertThat(process.publish(first)).isEqualTo(1);
        assertThat(process.publish(second)).isEqualTo(1);
        Eventually.holds(() -> assertThat(reader.events()).containsExactly(first, second));
        reader.cancel();
    }

    @Test
    void progress_is_live_only() {
        Reader reader = connection.subscribe(EventsProcess.user(ann), ALL);
        String start = reader.awaitReady();
        Event queued = Samples.job(ann, "1", "job.queued");
        Event progress = Samples.progress(ann, "1", 50);
        assertThat(process.publish(progress, queued)).isEqualTo(2);
        Eventually.holds(() -> assertThat(reader.events()).containsExactlyInAnyOrder(progress, queued));
        reader.cancel();
        Reader later = connection.subscribe(EventsProcess.user(ann), resume(start));
        Eventually.holds(() -> assertThat(later.events()).containsExactly(queued));
        later.cancel();
    }

    @Test
    void rooms_and_types_limit_a_stream_live_and_replayed() {
        SubscribeRequest request = SubscribeRequest.newBuilder()
                .addRooms("job:1")
                .addRooms("photo:p")
                .addTypes("job.*")
                .build();
        Reader reader = connection.subscribe(EventsProcess.user(ann), request);
        String start = reader.awaitReady();
        Event job =
                Samples.event(ann, "job.queued").setJobId("1").setPhotoId("p").build();
        Event photo = Samples.event(ann, "job.stage.completed").setPhotoId("p").build();
        process.publish(
                job,
                Samples.job(ann, "2", "job.queued"),
                Samples.event(ann, "photo.deleted").setPhotoId("p").build(),
                photo);
        Eventually.holds(() -> assertThat(reader.events()).containsExactly(job, photo));
        reader.cancel();
        Reader again = connection.subscribe(
                EventsProcess.user(ann),
                request.toBuilder().setResumeAfter(start).build());
        Eventually.holds(() -> assertThat(again.events()).containsExactly(job, photo));
        again.cancel();
    }

    @Test
    void the_rooms_of_another_user_stay_silent() {
        SubscribeRequest prying = SubscribeRequest.newBuilder()
                .addRooms("job:secret")
                .addRooms("photo:secret")
                .addRooms("client:secret")
                .addRooms("session:secret")
                .addRooms("global")
                .build();
        Reader pryer = connection.subscribe(EventsProcess.user(bob), prying);
        String start = pryer.awaitReady();
        Event.Builder secret = Samples.event(ann, "job.completed")
                .setJobId("secret")
                .setPhotoId("secret")
                .setClientId("secret")
                .setSessionId("secret");
        Event bobs = Samples.event(bob, "job.completed").setJobId("secret").build();
        process.publish(
                secret.build(),
                Samples.event("", "queue.lane.paused").build(),
                Samples.progress(ann, "secret", 1),
                bobs);
        // Events are told in order: when the last is there, those before would be.
        Eventually.holds(() -> assertThat(pryer.events()).containsExactly(bobs));
        pryer.cancel();
        Reader again = connection.subscribe(
                EventsProcess.user(bob),
                prying.toBuilder().setResumeAfter(start).build());
        Eventually.holds(() -> assertThat(again.events()).containsExactly(bobs));
        again.cancel();
        assertThat(connection
                        .as(EventsProcess.user(bob))
                        .listEvents(ListEventsRequest.newBuilder()
                                .addAllRooms(prying.getRoomsList())
                                .build())
                        .getEventsList())
                .contains(bobs)
                .doesNotContain(secret.build());
    }

    @Test
    @Tag("EV-02")
    void operators_hear_of_lanes() {
        Identity admin = new Identity(Samples.newUser(), Set.of(Role.ROLE_ADMIN), null, Instant.MAX);
        SubscribeRequest global = SubscribeRequest.newBuilder()
                .addRooms("global")
                .addTypes("queue.lane.*")
                .build();
        Reader reader = connection.subscribe(admin, global);
        reader.awaitReady();
        Event paused = Samples.event("", "queue.lane.paused").build();
        process.publish(paused);
        Eventually.holds(() -> assertThat(reader.events()).contains(paused));
        reader.cancel();
    }

    @Test
    void a_stream_goes_on_after_an_event_or_a_place_without_gap_or_double() {
        String user = Samples.newUser();
        Reader reader = connection.subscribe(EventsProcess.user(user), ALL);
        String start = reader.awaitReady();
        reader.cancel();
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < 700; i++) {
            events.add(Samples.job(user, "j" + i, "job.queued"));
        }
        process.publish(events);
        // The log goes on behind what is told here.
        process.publish(Samples.job(Samples.newUser(), "j", "job.queued"));
        Event last = Samples.job(user, "last", "job.queued");
        Reader fromStart = connection.subscribe(EventsProcess.user(user), resume(start));
        Reader fromEvent = connection.subscribe(
                EventsProcess.user(user), resume(events.get(350).getId()));
        assertThat(fromStart.awaitReady()).isEqualTo(start);
        fromEvent.awaitReady();
        process.publish(last);
        events.add(last);
        Eventually.holds(() -> assertThat(fromStart.events()).isEqualTo(events));
        Eventually.holds(() -> assertThat(fromEvent.events()).isEqualTo(events.subList(351, 701)));
        fromStart.cancel();
        fromEvent.cancel();
    }

    @Test
    void an_id_that_is_not_known_ends_in_resync_from_nothing() {
        Event anns = Samples.job(ann, "1", "job.queued");
        process.publish(anns);
        for (String unknown : List.of(
                UUID.randomUUID().toString(),
                "rubbish",
                anns.getId(),
                Position.at(Instant.now().plusSeconds(3_600)).token(),
                Position.at(Instant.now().minusSeconds(40 * 86_400)).token())) {
            Reader reader = connection.subscribe(EventsProcess.user(bob), resume(unknown));
            assertThat(reader.awaitEnd()).isNull();
            assertThat(reader.messages()).singleElement().satisfies(message -> {
                assertThat(message.hasResync()).isTrue();
                assertThat(message.getResync().getResumeAfter()).isEmpty();
                assertThat(message.getResync().getMessage()).contains(unknown);
            });
        }
    }

    @Test
    void past_events_come_in_pages_oldest_first() {
        String user = Samples.newUser();
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < 45; i++) {
            events.add(Samples.job(user, "j" + i % 2, "job.queued"));
        }
        process.publish(events);
        List<Event> listed = new ArrayList<>();
        ListEventsRequest request = ListEventsRequest.getDefaultInstance();
        ListEventsResponse page;
        int pageCount = 0;
        do {
            page = connection.as(EventsProcess.user(user)).listEvents(request);
            listed.addAll(page.getEventsList());
            request = request.toBuilder().setPageToken(page.getNextPageToken()).build();
            pageCount++;
        } while (!page.getNextPageToken().isEmpty());
        assertThat(pageCount).isEqualTo(3);
        assertThat(listed).isEqualTo(events);
        assertThat(connection
                        .as(EventsProcess.user(user))
                        .listEvents(ListEventsRequest.newBuilder()
                                .addRooms("job:j1")
                                .setResumeAfter(events.get(40).getId())
                                .setPageSize(1000)
                                .build())
                        .getEventsList())
                .containsExactly(events.get(41), events.get(43));
    }

    @Test
    void a_token_of_another_server_is_refused() {
        for (ListEventsRequest request : List.of(
                ListEventsRequest.newBuilder().setPageToken("rubbish").build(),
                ListEventsRequest.newBuilder().setResumeAfter("rubbish").build())) {
            assertFails(() -> connection.as(EventsProcess.user(ann)).listEvents(request), Reason.REASON_INVALID_TOKEN);
        }
    }

    @Test
    @Tag("EV-02")
    void publishing_again_changes_nothing_and_is_told() {
        String user = Samples.newUser();
        Event first = Samples.job(user, "1", "job.queued");
        Event second = Samples.job(user, "1", "job.started");
        Reader reader = connection.subscribe(EventsProcess.user(user), ALL);
        reader.awaitReady();
        assertThat(process.publish(first, first)).isEqualTo(1);
        assertThat(process.publish(first, second)).isEqualTo(1);
        assertThat(process.publish(second)).isZero();
        Event third = Samples.job(user, "1", "job.completed");
        process.publish(third);
        Eventually.holds(() -> assertThat(reader.events()).hasSizeGreaterThanOrEqualTo(3));
        assertThat(reader.events()).containsExactly(first, second, third);
        reader.cancel();
    }

    @Test
    @Tag("EV-02")
    void a_wrong_event_refuses_its_batch_and_names_each_field() {
        Event good = Samples.job(ann, "1", "job.queued");
        Event bad = good.toBuilder()
                .setId("1")
                .setType("Job!")
                .clearTime()
                .setJobId("a\u0001b")
                .setClientId("c".repeat(129))
                .build();
        Event future = Samples.event(ann, "job.queued", Instant.now().plusSeconds(2 * 86_400))
                .build();
        Failure failure = assertFails(
                () -> process.publish(good, bad, future, Samples.big(ann, 70_000)), Reason.REASON_INVALID_REQUEST);
        assertThat(failure.violations())
                .extracting(Failure.Violation::field)
                .containsExactly(
                        "events[1].id",
                        "events[1].type",
                        "events[1].time",
                        "events[1].client_id",
                        "events[1].job_id",
                        "events[2].id",
                        "events[3]");
        assertThat(process.publish(good)).isEqualTo(1);
    }

    @Test
    @Tag("API-04")
    void only_services_publish_and_only_people_listen() {
        assertFails(
                () -> connection
                        .as(EventsProcess.user(ann))
                        .publishEvents(PublishEventsRequest.newBuilder()
                                .addEvents(Samples.job(bob, "1", "job.queued"))
                                .build()),
                Reason.REASON_PERMISSION_DENIED);
        Identity key = new Identity(ann, Set.of(Role.ROLE_PARTNER), Set.of("jobs:write"), Instant.MAX);
        assertThat(Objects.requireNonNull(connection.subscribe(key, ALL).awaitEnd())
                        .reason())
                .isEqualTo(Reason.REASON_PERMISSION_DENIED);
        Failure badRoom = Objects.requireNonNull(connection
                .subscribe(
                        EventsProcess.user(ann),
                        SubscribeRequest.newBuilder().addRooms("user:bob").build())
                .awaitEnd());
        assertThat(badRoom.reason()).isEqualTo(Reason.REASON_INVALID_REQUEST);
    }

    @Test
    void figures_and_health_are_told() throws Exception {
        Reader reader = connection.subscribe(EventsProcess.user(ann), ALL);
        reader.awaitReady();
        process.publish(Samples.job(ann, "1", "job.queued"));
        Eventually.holds(() -> assertThat(reader.events()).isNotEmpty());
        assertThat(process.main().health().report().ready()).isTrue();
        assertThat(process.telemetry().scrape())
                .containsPattern("events_published_total\\{kind=\"logged\",process=\"events-test\"\\} [1-9]")
                .containsPattern("subscriptions_active\\{process=\"events-test\"\\} [1-9]")
                .containsPattern("event_delivery_duration_ms_count\\{process=\"events-test\"\\} [1-9]");
        reader.cancel();
    }

    private static SubscribeRequest resume(String after) {
        return SubscribeRequest.newBuilder().setResumeAfter(after).build();
    }

    private static Failure assertFails(Runnable call, Reason reason) {
        List<Failure> failures = new ArrayList<>();
        assertThatThrownBy(call::run).satisfies(thrown -> failures.add(Failures.of(thrown)));
        assertThat(failures.getFirst().reason()).isEqualTo(reason);
        return failures.getFirst();
    }
}
