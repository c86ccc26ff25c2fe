package dev.rekindle.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.Role;
import dev.rekindle.credits.v1.AuditLedgerRequest;
import dev.rekindle.credits.v1.CreditsServiceGrpc;
import dev.rekindle.credits.v1.GetAccountRequest;
import dev.rekindle.embedded.certs.TrialCertificates;
import dev.rekindle.events.v1.EventsServiceGrpc;
import dev.rekindle.events.v1.ListEventsRequest;
import dev.rekindle.jobs.v1.CheckStorageRequest;
import dev.rekindle.jobs.v1.GetJobRequest;
import dev.rekindle.jobs.v1.GetPhotoRequest;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobsServiceGrpc;
import dev.rekindle.jobs.v1.ListJobsRequest;
import dev.rekindle.jobs.v1.PhotosServiceGrpc;
import dev.rekindle.jobs.v1.StorageServiceGrpc;
import dev.rekindle.platform.rpc.Failures;
import dev.rekindle.testkit.Eventually;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipInputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A user with a restored photo and a video takes all of it along and is erased, through REST, on all of Rekindle. */
@Tag("PHO-12")
@Tag("VID-01")
@Tag("WEB-04")
class WholeUserIT {
    @TempDir
    private static Path folder;

    private record Answer(int status, JsonObject json) {}

    private static Answer post(OneMachine machine, String path, String body) throws Exception {
        String token = LocalSession.issuer(machine.secrets())
                .token(RestorePhoto.USER, Set.of(Role.ROLE_USER), Duration.ofHours(1));
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + machine.port() + path))
                            .header("Authorization", "Bearer " + token)
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            return new Answer(
                    answer.statusCode(), JsonParser.parseString(answer.body()).getAsJsonObject());
        }
    }

    private static String state(Answer answer) {
        assertThat(answer.status()).as(answer.json().toString()).isEqualTo(200);
        return answer.json().get("state").getAsString();
    }

    private static String untilDone(OneMachine machine, String path, String body) {
        return Eventually.answers(() -> {
            Answer answer = postUnchecked(machine, path, body);
            assertThat(state(answer)).isEqualTo("ACCOUNT_DATA_STATE_DONE");
            return answer.json().has("url") ? answer.json().get("url").getAsString() : "";
        });
    }

    private static Answer postUnchecked(OneMachine machine, String path, String body) {
        try {
            return post(machine, path, body);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static Map<String, byte[]> unzip(String url) throws Exception {
        Map<String, byte[]> entries = new HashMap<>();
        try (InputStream in = URI.create(url).toURL().openStream();
                ZipInputStream zip = new ZipInputStream(in)) {
            for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                entries.put(entry.getName(), zip.readAllBytes());
            }
        }
        return entries;
    }

    @Test
    void all_of_a_user_is_taken_along_and_then_erased() throws Exception {
        Path certificates = folder.resolve("certs");
        new TrialCertificates(certificates, Clock.systemUTC()).make(List.of(), false);
        OneMachine.Options options = new OneMachine.Options(
                "127.0.0.1", 0, folder.resolve("data"), folder, WorkerRange.of(1), false, certificates);
        try (OneMachine machine = OneMachine.start(options);
                LocalSession session = new LocalSession(machine.secrets(), machine.port())) {
            Path photo = folder.resolve("grandma.png");
            ImageIO.write(new BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB), "png", photo.toFile());
            RestorePhoto restore = new RestorePhoto(session, false, 1);
            restore.prepareAccount(3);
            assertThat(restore.run(photo, folder)).isTrue();
            CreditsServiceGrpc.newBlockingStub(session.as("neighbour", Role.ROLE_USER))
                    .getAccount(GetAccountRequest.getDefaultInstance());
            var jobs = JobsServiceGrpc.newBlockingStub(session.as(RestorePhoto.USER, Role.ROLE_USER));
            Job job = jobs.listJobs(ListJobsRequest.getDefaultInstance()).getJobs(0);
            Job video = new ShrinkVideo(machine, session).run();

            Map<String, byte[]> archive = unzip(untilDone(machine, "/v1/account:export", "{\"requestId\":\"one\"}"));
            checkArchive(archive, job);
            assertThat(archive).containsKey("jobs/" + video.getId() + "/small.mp4");

            assertThat(post(machine, "/v1/account:erase", "{}").status()).isEqualTo(400);
            state(post(machine, "/v1/account:erase", "{\"confirmation\":\"erase everything\"}"));
            untilDone(machine, "/v1/account:erase", "{\"confirmation\":\"erase everything\"}");
            checkErased(session, job);
        }
    }

    private static void checkArchive(Map<String, byte[]> archive, Job job) throws Exception {
        assertThat(archive.keySet()).contains("account.json", "ledger.json", "events.json", "photos.json", "jobs.json");
        assertThat(archive.keySet()).anyMatch(name -> name.startsWith("jobs/" + job.getId() + "/result."));
        for (Map.Entry<String, byte[]> entry : archive.entrySet()) {
            if (entry.getKey().endsWith(".json")) {
                String text = new String(entry.getValue(), StandardCharsets.UTF_8);
                assertThat(JsonParser.parseString(text).isJsonNull()).isFalse();
                assertThat(text).as(entry.getKey()).doesNotContain("neighbour");
            } else if (!entry.getKey().endsWith(".mp4")) {
                assertThat(ImageIO.read(new ByteArrayInputStream(entry.getValue())))
                        .as(entry.getKey())
                        .isNotNull();
            }
        }
        assertThat(new String(archive.getOrDefault("events.json", new byte[0]), StandardCharsets.UTF_8))
                .contains("job.completed");
    }

    private static void checkErased(LocalSession session, Job job) {
        var jobs = JobsServiceGrpc.newBlockingStub(session.as(RestorePhoto.USER, Role.ROLE_USER));
        var photos = PhotosServiceGrpc.newBlockingStub(session.as(RestorePhoto.USER, Role.ROLE_USER));
        assertThat(Failures.of(catchThrowable(() -> jobs.getJob(
                                GetJobRequest.newBuilder().setJobId(job.getId()).build())))
                        .reason())
                .isEqualTo(Reason.REASON_NOT_FOUND);
        assertThat(Failures.of(catchThrowable(() -> photos.getPhoto(GetPhotoRequest.newBuilder()
                                .setPhotoId(job.getPhotoIds(0))
                                .build())))
                        .reason())
                .isEqualTo(Reason.REASON_NOT_FOUND);
        assertThat(EventsServiceGrpc.newBlockingStub(session.as(RestorePhoto.USER, Role.ROLE_USER))
                        .listEvents(ListEventsRequest.getDefaultInstance())
                        .getEventsList())
                .noneMatch(event -> event.getJobId().equals(job.getId()));
        var admin = session.as("operator", Role.ROLE_ADMIN);
        assertThat(CreditsServiceGrpc.newBlockingStub(admin)
                        .auditLedger(AuditLedgerRequest.getDefaultInstance())
                        .getFindingsList())
                .isEmpty();
        StorageServiceGrpc.newBlockingStub(admin)
                .checkStorage(CheckStorageRequest.getDefaultInstance())
                .forEachRemaining(
                        answer -> assertThat(answer.getReport().getBlobs()).isZero());
    }
}
