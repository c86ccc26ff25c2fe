package dev.rekindle.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.tables.tables.records.ExportsRecord;
import dev.rekindle.jobs.v1.AdmitUserRequest;
import dev.rekindle.jobs.v1.ArchiveHeader;
import dev.rekindle.jobs.v1.CreateHandoffRequest;
import dev.rekindle.jobs.v1.CreateUploadRequest;
import dev.rekindle.jobs.v1.EraseUserRequest;
import dev.rekindle.jobs.v1.FlagPhotoRequest;
import dev.rekindle.jobs.v1.GetArchiveRequest;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.jobs.v1.Photo;
import dev.rekindle.jobs.v1.UserDataServiceGrpc;
import dev.rekindle.jobs.v1.WriteArchiveRequest;
import dev.rekindle.jobs.v1.WriteArchiveResponse;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.db.Outbox;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Failures;
import dev.rekindle.testkit.Eventually;
import io.grpc.StatusException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipInputStream;
import javax.imageio.ImageIO;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** All there is of a user with jobs, taken along and erased, on real stores. */
@Tag("PHO-12")
class UserDataIT {
    private static JobsOfTest test;
    private static Database database;
    private static UserDataServiceGrpc.UserDataServiceBlockingStub data;

    @BeforeAll
    static void start() {
        test = new JobsOfTest(Map.of("exports.bytes_max", "50000"));
        database = test.openDatabase();
        data = UserDataServiceGrpc.newBlockingStub(test.asService("credits"));
    }

    @AfterAll
    static void stop() {
        test.close();
    }

    private static Job completed(String user, Photo photo) {
        Job job = test.createJob(user, photo);
        test.finish(test.claim(job), "result");
        return Eventually.answers(() -> {
            Job now = test.job(user, job.getId());
            assertThat(now.getState()).isEqualTo(JobState.JOB_STATE_COMPLETED);
            return now;
        });
    }

    private static void flag(String user, Photo photo) {
        test.photos(user)
                .flagPhoto(FlagPhotoRequest.newBuilder()
                        .setPhotoId(photo.getId())
                        .setComment("Is this right?")
                        .build());
    }

    private static WriteArchiveResponse write(String user, UUID id, byte[] document) throws Exception {
        var call = UserDataServiceGrpc.newBlockingV2Stub(test.asService("credits"))
                .withDeadlineAfter(30, TimeUnit.SECONDS)
                .writeArchive();
        call.write(WriteArchiveRequest.newBuilder()
                .setHeader(ArchiveHeader.newBuilder().setUserId(user).setArchiveId(id.toString()))
                .build());
        call.write(WriteArchiveRequest.newBuilder().setDocument("account.json").build());
        call.write(WriteArchiveRequest.newBuilder()
                .setChunk(ByteString.copyFrom(document))
                .build());
        call.halfClose();
        return call.read();
    }

    private static GetArchiveRequest get(String user, UUID id) {
        return GetArchiveRequest.newBuilder()
                .setUserId(user)
                .setArchiveId(id.toString())
                .build();
    }

    private static Map<String, byte[]> unzip(String url) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (ZipInputStream zip = new ZipInputStream(URI.create(url).toURL().openStream())) {
            for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                entries.put(entry.getName(), zip.readAllBytes());
            }
        }
        return entries;
    }

    private static List<String> keys(String user) {
        List<String> keys = new ArrayList<>();
        test.blobs.list(BlobKeys.userPrefix(user), blob -> keys.add(blob.key()));
        return keys;
    }

    private static Reason reasonOf(ThrowingCallable call) {
        Throwable thrown = org.assertj.core.api.Assertions.catchThrowable(call);
        assertThat(thrown).isNotNull();
        return Failures.of(thrown).reason();
    }

    @Test
    void an_archive_has_documents_pictures_and_results_of_its_user_and_of_nobody_else() throws Exception {
        Photo photo = test.preparedPhoto("anna");
        Job job = completed("anna", photo);
        Photo other = test.preparedPhoto("otto");
        flag("anna", photo);
        UUID id = UUID.randomUUID();

        WriteArchiveResponse made = write("anna", id, "{\"balance\": 3}".getBytes(StandardCharsets.UTF_8));
        Map<String, byte[]> entries = unzip(data.getArchive(get("anna", id)).getUrl());

        assertThat(entries.keySet())
                .containsExactly(
                        "account.json",
                        "photos.json",
                        "jobs.json",
                        "batches.json",
                        "flags.json",
                        "photos/" + photo.getId() + "/original.png",
                        "jobs/" + job.getId() + "/result.png");
        assertThat(new String(entries.get("account.json"), StandardCharsets.UTF_8))
                .isEqualTo("{\"balance\": 3}");
        assertThat(new String(entries.get("photos.json"), StandardCharsets.UTF_8))
                .contains(photo.getId(), "grandma.png")
                .doesNotContain(other.getId());
        assertThat(new String(entries.get("flags.json"), StandardCharsets.UTF_8))
                .contains(photo.getId(), "Is this right?", "FLAG_STATE_OPEN");
        assertThat(new String(entries.get("jobs.json"), StandardCharsets.UTF_8))
                .contains(job.getId(), "JOB_STATE_COMPLETED");
        for (String picture :
                List.of("photos/" + photo.getId() + "/original.png", "jobs/" + job.getId() + "/result.png")) {
            assertThat(ImageIO.read(new ByteArrayInputStream(entries.get(picture))))
                    .as(picture)
                    .isNotNull();
        }
        assertThat(made.getSizeBytes()).isPositive();
        assertThat(reasonOf(() -> data.getArchive(get("otto", id)))).isEqualTo(Reason.REASON_NOT_FOUND);
    }

    @Test
    void a_live_archive_is_no_orphan_a_newer_one_replaces_it_and_an_expired_one_goes_with_its_row() throws Exception {
        UUID first = UUID.randomUUID();
        write("ella", first, new byte[3]);
        UUID second = UUID.randomUUID();
        write("ella", second, new byte[3]);
        write("ella", second, new byte[3]);
        assertThat(reasonOf(() -> data.getArchive(get("ella", first)))).isEqualTo(Reason.REASON_NOT_FOUND);
        Eventually.holds(() -> assertThat(keys("ella")).hasSize(1));

        Clock later = Clock.offset(Clock.systemUTC(), Duration.ofHours(23));
        new CheckStorage(database, new BlobOwnerStore(), test.blobs, new Outbox(), Duration.ofHours(1), later)
                .run(true, 10, found -> {});
        exports(later).dropExpired();
        Eventually.holds(() -> {
            int owed = database.query(
                    sql -> sql.fetchCount(DSL.table("outbox"), DSL.condition("topic = 'blobs' and due_at <= now()")));
            assertThat(owed).as("deletions that are owed").isZero();
        });
        assertThat(keys("ella")).hasSize(1);
        assertThat(unzip(data.getArchive(get("ella", second)).getUrl())).containsKey("account.json");

        exports(Clock.offset(Clock.systemUTC(), Duration.ofHours(25))).dropExpired();
        Eventually.holds(() -> assertThat(keys("ella")).isEmpty());
        assertThat(reasonOf(() -> data.getArchive(get("ella", second)))).isEqualTo(Reason.REASON_NOT_FOUND);
    }

    private static Exports exports(Clock clock) {
        return new Exports(
                database,
                new ExportStore(),
                test.blobs,
                new Outbox(),
                Duration.ofDays(1),
                new Exports.Sources(dev.rekindle.platform.Ids.timeOrdered(), clock));
    }

    @Test
    void an_archive_that_would_be_too_large_is_refused_and_leaves_nothing() throws Exception {
        byte[] noise = new byte[100_000];
        new java.util.Random(5).nextBytes(noise);
        UUID id = UUID.randomUUID();
        Failure failure = refusal(() -> write("gross", id, noise));
        assertThat(failure.reason()).isEqualTo(Reason.REASON_TOO_LARGE);
        assertThat(failure.message()).contains("50000 bytes");
        assertThat(keys("gross")).isEmpty();
        List<ExportsRecord> left = database.query(sql -> new ExportStore().ofUser(sql, "gross"));
        assertThat(left).isEmpty();
    }

    private static Failure refusal(ThrowingCallable call) {
        StatusException thrown = org.assertj.core.api.Assertions.catchThrowableOfType(StatusException.class, call);
        return Failures.of(thrown);
    }

    @Test
    void erasing_leaves_no_row_and_no_blob_and_gives_open_charges_back() throws Exception {
        Photo photo = test.preparedPhoto("eve");
        Job ended = completed("eve", photo);
        Job running = test.createJob("eve", photo);
        var claim = test.claim(running);
        Job waiting = test.createJob("eve", photo);
        test.photos("eve")
                .createUpload(CreateUploadRequest.newBuilder()
                        .setFilename("half.png")
                        .setSizeBytes(1000)
                        .build());
        write("eve", UUID.randomUUID(), new byte[3]);
        flag("eve", photo);
        test.photos("eve")
                .createHandoff(
                        CreateHandoffRequest.newBuilder().setSessionId("desk").build());
        Photo kept = test.preparedPhoto("frida");

        assertThat(erase("eve")).as("a job runs").isTrue();
        assertThat(reasonOf(() -> test.upload("eve", JobsOfTest.png(20, 20))))
                .as("nothing new is taken in")
                .isEqualTo(Reason.REASON_STATE_CONFLICT);
        test.finish(claim, "result");
        Eventually.holds(() -> assertThat(erase("eve")).isFalse());

        assertThat(keys("eve")).isEmpty();
        assertThat(test.peers.standing(waiting.getId())).isZero();
        for (String table :
                List.of("uploads", "photos", "jobs", "batches", "exports", "flags", "handoffs", "idempotency")) {
            int rows = database.query(sql -> sql.fetchCount(DSL.table(table), DSL.condition("user_id = 'eve'")));
            assertThat(rows).as(table).isZero();
        }
        for (Job job : List.of(ended, running, waiting)) {
            assertThat(reasonOf(() -> test.job("eve", job.getId()))).isEqualTo(Reason.REASON_NOT_FOUND);
        }
        assertThat(test.photo("frida", kept.getId()).getId()).isEqualTo(kept.getId());
        assertThat(keys("frida")).isNotEmpty();

        data.admitUser(AdmitUserRequest.newBuilder().setUserId("eve").build());
        assertThat(test.upload("eve", JobsOfTest.png(20, 20)).getId()).isNotEmpty();
    }

    private static boolean erase(String user) {
        return data.eraseUser(EraseUserRequest.newBuilder().setUserId(user).build())
                .getMore();
    }
}
