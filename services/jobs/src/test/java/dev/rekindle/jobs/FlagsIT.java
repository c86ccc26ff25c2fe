package dev.rekindle.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.DeletePhotoRequest;
import dev.rekindle.jobs.v1.Flag;
import dev.rekindle.jobs.v1.FlagAction;
import dev.rekindle.jobs.v1.FlagEntry;
import dev.rekindle.jobs.v1.FlagPhotoRequest;
import dev.rekindle.jobs.v1.FlagState;
import dev.rekindle.jobs.v1.GetFlaggedPhotoRequest;
import dev.rekindle.jobs.v1.GetFlaggedPhotoResponse;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.jobs.v1.ListFlagsRequest;
import dev.rekindle.jobs.v1.ListFlagsResponse;
import dev.rekindle.jobs.v1.Photo;
import dev.rekindle.jobs.v1.PhotosServiceGrpc.PhotosServiceBlockingStub;
import dev.rekindle.jobs.v1.ResolveFlagRequest;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.db.Outbox;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.testkit.Eventually;
import dev.rekindle.testkit.Mesh;
import java.io.ByteArrayInputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Photos flagged by their owners, and what operators make of it. */
@Tag("PHO-11")
class FlagsIT {
    private static JobsOfTest test;
    private static PhotosServiceBlockingStub operator;

    @BeforeAll
    static void start() {
        test = new JobsOfTest(Map.of("times.count", "100ms"));
        operator = operator("root");
    }

    @AfterAll
    static void stop() {
        test.close();
    }

    private static PhotosServiceBlockingStub operator(String name) {
        return test.photos(Mesh.admin(name));
    }

    private static Flag flag(String user, String photoId, String comment) {
        return test.photos(user)
                .flagPhoto(FlagPhotoRequest.newBuilder()
                        .setPhotoId(photoId)
                        .setComment(comment)
                        .build())
                .getFlag();
    }

    private static Flag resolve(PhotosServiceBlockingStub as, Flag flag, boolean uphold) {
        return as.resolveFlag(ResolveFlagRequest.newBuilder()
                        .setFlagId(flag.getId())
                        .setUphold(uphold)
                        .setComment(uphold ? "Not allowed here" : "Nothing wrong")
                        .build())
                .getFlag();
    }

    private static GetFlaggedPhotoResponse look(PhotosServiceBlockingStub as, Flag flag) {
        return as.getFlaggedPhoto(
                GetFlaggedPhotoRequest.newBuilder().setFlagId(flag.getId()).build());
    }

    private static Flag listed(Flag flag) {
        return operator.listFlags(ListFlagsRequest.newBuilder().setPageSize(100).build()).getFlagsList().stream()
                .filter(one -> one.getId().equals(flag.getId()))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> entries(Flag flag) {
        return flag.getEntriesList().stream()
                .map(entry -> entry.getAction().name().substring("FLAG_ACTION_".length()) + " " + entry.getBy())
                .toList();
    }

    private static Reason reason(Runnable call) {
        return JobsIT.refusal(call).reason();
    }

    @Test
    void a_flag_is_looked_at_and_dismissed_and_all_of_it_is_written_down() throws Exception {
        Photo photo = test.preparedPhoto("flo");
        Flag flag = flag("flo", photo.getId(), "Is this my aunt?");
        assertThat(flag.getState()).isEqualTo(FlagState.FLAG_STATE_OPEN);
        assertThat(flag.getEntriesCount()).as("who did what is for operators").isZero();
        assertThat(test.photo("flo", photo.getId()).getFlagged()).isTrue();

        Flag again = flag("flo", photo.getId(), "It is not my aunt");
        assertThat(again.getId()).isEqualTo(flag.getId());
        assertThat(again.getComment()).isEqualTo("It is not my aunt");
        flag("flo", photo.getId(), "It is not my aunt");

        GetFlaggedPhotoResponse seen = look(operator, flag);
        look(operator, flag);
        look(operator("rita"), flag);
        assertThat(seen.getPhoto().getId()).isEqualTo(photo.getId());
        assertThat(seen.getContentType()).isEqualTo("image/png");
        assertThat(ImageIO.read(new ByteArrayInputStream(seen.getPicture().toByteArray()))
                        .getWidth())
                .isEqualTo(20);

        Flag dismissed = resolve(operator, flag, false);
        assertThat(dismissed.getState()).isEqualTo(FlagState.FLAG_STATE_DISMISSED);
        assertThat(dismissed.getResolutionComment()).isEqualTo("Nothing wrong");
        assertThat(dismissed.hasResolveTime()).isTrue();
        assertThat(dismissed.getUserId()).isEqualTo("flo");
        assertThat(entries(dismissed))
                .containsExactly("FLAGGED flo", "FLAGGED flo", "VIEWED root", "VIEWED rita", "DISMISSED root");
        assertThat(dismissed.getEntriesList())
                .extracting(FlagEntry::getComment)
                .containsExactly("Is this my aunt?", "It is not my aunt", "", "", "Nothing wrong");
        assertThat(test.photo("flo", photo.getId()).getFlagged()).isFalse();
        assertThat(resolve(operator, flag, false)).isEqualTo(dismissed);

        Failure decided = JobsIT.refusal(() -> resolve(operator, flag, true));
        assertThat(decided.reason()).isEqualTo(Reason.REASON_STATE_CONFLICT);
        assertThat(decided.message()).contains("DISMISSED already");
        assertThat(test.photo("flo", photo.getId()).getId()).isEqualTo(photo.getId());
        assertThat(flag("flo", photo.getId(), "Really").getId()).isNotEqualTo(flag.getId());
    }

    @Test
    void what_is_upheld_goes_with_all_that_was_made_of_it_and_its_flag_stays() {
        Photo photo = test.preparedPhoto("ulf");
        Job open = test.createJob("ulf", photo);
        Flag flag = flag("ulf", photo.getId(), "");
        Flag upheld = resolve(operator, flag, true);

        assertThat(upheld.getState()).isEqualTo(FlagState.FLAG_STATE_UPHELD);
        assertThat(reason(() -> test.photo("ulf", photo.getId()))).isEqualTo(Reason.REASON_NOT_FOUND);
        assertThat(test.job("ulf", open.getId()).getState()).isEqualTo(JobState.JOB_STATE_CANCELLED);
        Eventually.holds(() -> {
            List<String> keys = new ArrayList<>();
            test.blobs.list(BlobKeys.userPrefix("ulf"), blob -> keys.add(blob.key()));
            assertThat(keys).isEmpty();
        });
        Eventually.holds(
                () -> assertThat(test.peers.eventTypesOfPhoto(photo.getId())).contains("photo.deleted"));
        assertThat(resolve(operator, flag, true)).isEqualTo(upheld);
        assertThat(reason(() -> look(operator, flag))).isEqualTo(Reason.REASON_NOT_FOUND);
        assertThat(entries(listed(flag))).containsExactly("FLAGGED ulf", "UPHELD root");
    }

    @Test
    void of_two_operators_who_decide_at_once_one_decides() throws Exception {
        for (int round = 0; round < 5; round++) {
            Photo photo = test.upload("dua", JobsOfTest.png(20, 20));
            test.prepare(test.claim("image"));
            Flag flag = flag("dua", photo.getId(), "");
            List<Flag> decided = new ArrayList<>();
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                Callable<Flag> keep = () -> resolve(operator("a"), flag, false);
                Callable<Flag> remove = () -> resolve(operator("b"), flag, true);
                for (Future<Flag> answer : threads.invokeAll(List.of(keep, remove))) {
                    if (answer.state() == Future.State.SUCCESS) {
                        decided.add(answer.get());
                    }
                }
            }
            assertThat(decided).hasSize(1);
            boolean removed = decided.getFirst().getState() == FlagState.FLAG_STATE_UPHELD;
            if (removed) {
                assertThat(reason(() -> test.photo("dua", photo.getId()))).isEqualTo(Reason.REASON_NOT_FOUND);
            } else {
                assertThat(test.photo("dua", photo.getId()).getFlagged()).isFalse();
            }
            assertThat(listed(flag).getEntriesCount()).isEqualTo(2);
        }
    }

    @Test
    void an_owner_who_deletes_the_photo_closes_its_flag() {
        Photo photo = test.preparedPhoto("olga");
        Flag flag = flag("olga", photo.getId(), "Take it away");
        test.photos("olga")
                .deletePhoto(DeletePhotoRequest.newBuilder()
                        .setPhotoId(photo.getId())
                        .build());
        Flag closed = listed(flag);
        assertThat(closed.getState()).isEqualTo(FlagState.FLAG_STATE_UPHELD);
        assertThat(entries(closed)).containsExactly("FLAGGED olga", "UPHELD olga");
    }

    @Test
    void nobody_flags_or_sees_what_is_anothers_and_no_user_reviews() {
        Photo photo = test.preparedPhoto("vera");
        assertThat(reason(() -> flag("thief", photo.getId(), ""))).isEqualTo(Reason.REASON_NOT_FOUND);
        assertThat(reason(() -> flag("vera", UUID.randomUUID().toString(), ""))).isEqualTo(Reason.REASON_NOT_FOUND);
        assertThat(reason(() -> flag("vera", photo.getId(), "x".repeat(2001))))
                .isEqualTo(Reason.REASON_INVALID_REQUEST);
        Flag flag = flag("vera", photo.getId(), "");
        PhotosServiceBlockingStub user = test.photos("vera");
        assertThat(reason(() -> user.listFlags(ListFlagsRequest.getDefaultInstance())))
                .isEqualTo(Reason.REASON_PERMISSION_DENIED);
        assertThat(reason(() -> look(user, flag))).isEqualTo(Reason.REASON_PERMISSION_DENIED);
        assertThat(reason(() -> resolve(user, flag, false))).isEqualTo(Reason.REASON_PERMISSION_DENIED);
        assertThat(listed(flag).getEntriesCount()).isEqualTo(1);
    }

    @Test
    void a_photo_is_not_reviewed_for_ever() {
        Photo photo = test.preparedPhoto("nora");
        for (int i = 0; i < 20; i++) {
            resolve(operator, flag("nora", photo.getId(), "Again"), false);
        }
        Failure failure = JobsIT.refusal(() -> flag("nora", photo.getId(), "Again"));
        assertThat(failure.reason()).isEqualTo(Reason.REASON_STATE_CONFLICT);
        assertThat(failure.message()).contains("20 times");
    }

    @Test
    void flags_are_listed_newest_first_by_state_and_in_pages() {
        List<Flag> made = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            made.add(flag("page" + i, test.preparedPhoto("page" + i).getId(), ""));
        }
        resolve(operator, made.get(1), false);
        ListFlagsRequest open = ListFlagsRequest.newBuilder()
                .setState(FlagState.FLAG_STATE_OPEN)
                .setPageSize(1)
                .build();
        ListFlagsResponse first = operator.listFlags(open);
        assertThat(first.getFlags(0).getId()).isEqualTo(made.get(2).getId());
        ListFlagsResponse second = operator.listFlags(
                open.toBuilder().setPageToken(first.getNextPageToken()).build());
        assertThat(second.getFlags(0).getId()).isEqualTo(made.get(0).getId());
        Eventually.holds(() -> assertThat(
                        test.telemetry.metrics().get("photo_flags_open").gauge().value())
                .isGreaterThanOrEqualTo(2));
    }

    @Test
    void what_was_decided_is_forgotten_with_the_history_and_what_waits_is_not() {
        Flag decided = flag("old", test.preparedPhoto("old").getId(), "");
        Flag waiting = flag("old", test.preparedPhoto("old").getId(), "");
        resolve(operator, decided, false);
        Database database = test.openDatabase();
        Clock later = Clock.fixed(Clock.systemUTC().instant().plus(Duration.ofHours(2)), ZoneOffset.UTC);
        Duration never = Duration.ofDays(10_000);
        JobsConfig.Retention retention = new JobsConfig.Retention(never, never, Duration.ofHours(1), never);
        FlagStore store = new FlagStore();
        new RetainJobs(
                        database,
                        new RetainJobs.Stores(new RetentionStore(), new BatchStore(), store),
                        new Outbox(),
                        retention,
                        later)
                .run();
        List<UUID> left = database.query(sql -> store.ofUser(sql, "old")).stream()
                .map(row -> row.getId())
                .toList();
        assertThat(left).containsExactly(UUID.fromString(waiting.getId()));
        assertThat(entries(listed(waiting)))
                .containsExactly(FlagAction.FLAG_ACTION_FLAGGED.name().substring(12) + " old");
    }
}
