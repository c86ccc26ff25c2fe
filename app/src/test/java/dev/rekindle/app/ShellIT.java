package dev.rekindle.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.MediaType;
import dev.rekindle.common.v1.Role;
import dev.rekindle.jobs.v1.CreateJobRequest;
import dev.rekindle.jobs.v1.GetJobRequest;
import dev.rekindle.jobs.v1.ImageOutputSpec;
import dev.rekindle.jobs.v1.ImageSpec;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobSpec;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.jobs.v1.JobsServiceGrpc;
import dev.rekindle.testkit.Eventually;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that see and steer, against all of Rekindle with a worker process. */
@Tag("OPS-07")
class ShellIT {
    @TempDir
    private static Path folder;

    private static Path data;
    private static OneMachine machine;
    private static Job restored;

    /** What a command printed, and the code it ended with. */
    private record Said(int code, String out, String err) {}

    @BeforeAll
    static void start() throws Exception {
        data = folder.resolve("data");
        machine = OneMachine.start(new OneMachine.Options("127.0.0.1", 0, data, folder, WorkerRange.of(1)));
        Path photo = folder.resolve("grandma.png");
        ImageIO.write(new BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB), "png", photo.toFile());
        Said said = run("restore", photo.toString(), "--out", folder.toString());
        assertThat(said.code()).as(said.err()).isZero();
        String listed = run("jobs", "list").out();
        String afterTitles = listed.lines().toList().get(1);
        restored = job(afterTitles.split(" ", 2)[0]);
    }

    @AfterAll
    static void stop() {
        machine.close();
    }

    private static Said run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--data");
        all.add(data.toString());
        return runBare(all.toArray(String[]::new));
    }

    private static synchronized Said runBare(String... arguments) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream saidOut = new ByteArrayOutputStream();
        ByteArrayOutputStream saidErr = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(saidOut, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(saidErr, true, StandardCharsets.UTF_8));
            int code = Rekindle.commandLine().execute(arguments);
            return new Said(code, saidOut.toString(StandardCharsets.UTF_8), saidErr.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    private static Job job(String id) throws IOException {
        try (LocalSession session = LocalSession.find(data).orElseThrow()) {
            return JobsServiceGrpc.newBlockingStub(session.as(RestorePhoto.USER, Role.ROLE_USER))
                    .getJob(GetJobRequest.newBuilder().setJobId(id).build())
                    .getJob();
        }
    }

    @Test
    void jobs_are_listed_shown_and_followed_and_what_has_ended_is_not_cancelled() {
        assertThat(run("jobs", "list", "--state", "completed").out())
                .contains("JOB", "STATE", restored.getId(), "restoration", "completed");
        assertThat(run("jobs", "list", "--state", "queued").out()).doesNotContain(restored.getId());
        assertThat(run("jobs", "show", restored.getId()).out()).contains("\"id\": \"" + restored.getId() + "\"");
        Said watched = run("jobs", "watch", restored.getId());
        assertThat(watched.code()).isZero();
        assertThat(watched.out()).endsWith("completed\n");
        Said refused = run("jobs", "cancel", restored.getId());
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).isEqualTo("rekindle: The job is already completed.\n");
        assertThat(run("jobs", "retry", restored.getId()).code()).isEqualTo(1);
        Said wrong = run("jobs", "list", "--state", "lost");
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err()).contains("--state is \"lost\"; expected one of", "queued");
        assertThat(run("jobs", "list", "--max", "0").err()).isEqualTo("rekindle: --max is 0; expected 1 or more\n");
    }

    @Test
    void lanes_are_listed_paused_resumed_drained_and_given_other_numbers() {
        assertThat(run("lanes", "list").out())
                .contains("LANE", "forever_tier", "paid_priority", "free_tier", "Workers wanted: 1");
        Said paused = run("lanes", "pause", "free_tier", "--reason", "the disk is changed");
        assertThat(paused.code()).isZero();
        assertThat(paused.out())
                .contains("paused", "free_tier: paused by ", ": the disk is changed")
                .doesNotContain("paid_priority");
        assertThat(run("lanes", "resume", "free_tier").out())
                .contains("running")
                .doesNotContain("the disk is changed");
        assertThat(run("lanes", "drain", "free_tier", "--reason", "moving house")
                        .out())
                .contains("draining", ": moving house");
        assertThat(run("lanes", "resume", "free_tier").code()).isZero();
        Said set = run("lanes", "set", "free_tier", "--active-max", "3", "--timeout", "90s");
        assertThat(set.out()).contains("0/3", "90 s");
        assertThat(run("lanes", "list", "--json").out()).contains("\"activeMax\": 3", "\"workersWanted\": 1");
        assertThat(run("lanes", "set", "free_tier", "--timeout", "1500ms").out())
                .contains("1500 ms");
        Said negative = run("lanes", "set", "free_tier", "--active-max", "-1", "--attempts", "4");
        assertThat(negative.code()).isEqualTo(1);
        assertThat(negative.err()).contains("active_max", "is -1");
        assertThat(run("lanes", "list", "--json").out()).doesNotContain("\"attemptsMax\": 4");
        assertThat(run("lanes", "rebalance").out()).isEqualTo("0 jobs moved\n");
        Said unknown = run("lanes", "pause", "slow", "--reason", "why not");
        assertThat(unknown.code()).isEqualTo(1);
        assertThat(unknown.err()).contains("lane").contains("slow");
        assertThat(run("lanes", "pause", "free_tier").code())
                .as("a reason is needed")
                .isEqualTo(2);
    }

    @Test
    void numbers_of_the_queue_are_shown_and_those_named_are_changed() {
        assertThat(run("lanes", "rules").out())
                .contains("head start of high", "900 s", "30 s, 120 s, 300 s")
                .doesNotContain("Changed by");
        Said changed =
                run("lanes", "rules", "--high", "20m", "--lower-lane-every", "4", "--dependency-pauses", "1s,500ms");
        assertThat(changed.code()).isZero();
        assertThat(changed.out()).contains("1200 s", "1 s, 500 ms", "Changed by ");
        assertThat(run("lanes", "rules", "--json").out())
                .contains("\"lowerLaneEvery\": 4", "\"headStartHigh\": \"1200s\"", "\"headStartNormal\": \"60s\"");
        Said refused = run("lanes", "rules", "--look-ahead", "0");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).contains("look_ahead_max");
        Said unread = run("lanes", "rules", "--high", "soon");
        assertThat(unread.code()).isEqualTo(2);
        assertThat(unread.err()).contains("--high", "soon");
        run("lanes", "rules", "--high", "15m", "--lower-lane-every", "10", "--dependency-pauses", "30s,2m,5m");
    }

    @Test
    void dead_letters_are_listed_read_annotated_retried_and_discarded() throws IOException {
        String id = failedJob();
        Eventually.holds(() ->
                assertThat(run("dead-letters", "list").out()).contains("WHY", id, "open", "image", RestorePhoto.USER));
        assertThat(run("dead-letters", "list", "--state", "retried").out()).doesNotContain(id);
        assertThat(run("dead-letters", "show", id).out()).contains("Job " + id, "attempt 1 on worker-0-", "JPEG");
        assertThat(run("dead-letters", "note", id, "asked the owner").out()).contains(": asked the owner");
        assertThat(run("lanes", "pause", restored.getLane(), "--reason", "a look")
                        .code())
                .isZero();
        assertThat(run("dead-letters", "retry", id).out()).startsWith("1 retried");
        assertThat(run("dead-letters", "list", "--state", "retried").out()).contains(id, "JPEG");
        assertThat(run("lanes", "resume", restored.getLane()).code()).isZero();
        Eventually.holds(() ->
                assertThat(run("dead-letters", "list", "--state", "open").out()).contains(id));
        assertThat(run("dead-letters", "discard", id, "--reason", "no such format")
                        .out())
                .isEqualTo("1 discarded\n");
        assertThat(run("dead-letters", "discard", id).out())
                .startsWith("0 discarded\n" + id + " not: It was discarded already by ");
        assertThat(run("dead-letters", "show", id).out()).contains("discarded by ", ": no such format");
        Said none = run("dead-letters", "show", "01890000-0000-7000-8000-000000000000");
        assertThat(none.code()).isEqualTo(1);
        assertThat(none.err()).startsWith("rekindle: ");
    }

    /** A job whose output takes more bytes than it may, which only the worker that writes it sees. */
    private static String failedJob() throws IOException {
        try (LocalSession session = LocalSession.find(data).orElseThrow()) {
            var jobs = JobsServiceGrpc.newBlockingStub(session.as(RestorePhoto.USER, Role.ROLE_USER));
            ImageOutputSpec tooLarge = ImageOutputSpec.newBuilder()
                    .setName("small")
                    .setFormat(MediaType.MEDIA_TYPE_JPEG)
                    .setUpscale(true)
                    .setWidth(1_000)
                    .setSizeBytesMax(1024)
                    .build();
            String id = jobs.createJob(CreateJobRequest.newBuilder()
                            .addPhotoIds(restored.getPhotoIds(0))
                            .setSpec(JobSpec.newBuilder()
                                    .setImage(ImageSpec.newBuilder().addOutputs(tooLarge)))
                            .setAllowDuplicate(true)
                            .build())
                    .getJob()
                    .getId();
            Eventually.holds(() -> assertThat(
                            jobs.getJob(GetJobRequest.newBuilder().setJobId(id).build())
                                    .getJob()
                                    .getState())
                    .isEqualTo(JobState.JOB_STATE_FAILED));
            return id;
        }
    }

    @Test
    @Tag("CR-04")
    void credits_are_given_once_and_the_books_are_proven() {
        String[] grant = {"credits", "grant", "shell-user", "7", "--reason", "a broken scan", "--request-id", "g1"};
        Said given = run(grant);
        assertThat(given.out()).isEqualTo("shell-user has 10 credits.\n");
        assertThat(run(grant).out()).isEqualTo(given.out());
        Said audited = run("credits", "audit");
        assertThat(audited.code()).isZero();
        assertThat(audited.out()).endsWith("the books balance.\n");
        assertThat(run("credits", "audit", "--user", "shell-user").out()).startsWith("1 accounts, 2 entries: ");
        Said nobody = run("credits", "audit", "--user", "nobody-at-all");
        assertThat(nobody.code()).isEqualTo(1);
        assertThat(nobody.err()).startsWith("rekindle: ").contains("nobody-at-all");
    }

    @Test
    @Tag("PHO-05")
    void the_storage_is_compared_and_repaired() {
        Said checked = run("storage", "check");
        assertThat(checked.code()).isZero();
        assertThat(checked.out())
                .contains(" blobs, ", "0 blobs that no row owns, 0 bytes", "0 rows whose blob is gone")
                .doesNotContain("deleted");
        assertThat(run("storage", "check", "--repair").out()).contains("0 blobs are deleted, 0 rows say so now");
        assertThat(run("storage", "check", "--json").out()).contains("\"owned\": ");
    }

    @Test
    void where_nothing_runs_or_an_option_is_wrong_a_command_says_so() throws IOException {
        Path empty = Files.createDirectories(folder.resolve("empty"));
        Said nothing = runBare("lanes", "list", "--data", empty.toString());
        assertThat(nothing.code()).isEqualTo(2);
        assertThat(nothing.err()).contains("nothing runs on " + empty);
        Said range = runBare("up", "--workers", "4-1", "--data", empty.toString());
        assertThat(range.code()).isEqualTo(2);
        assertThat(range.err()).contains("--workers is \"4-1\"");
        for (String name : List.of("", "two words", "x".repeat(65))) {
            for (String command : List.of("list", "watch", "cancel")) {
                Said whose = command.equals("list")
                        ? run("jobs", command, "--user", name)
                        : run("jobs", command, "0199a1b2-0000-7000-8000-0000000000aa", "--user", name);
                assertThat(whose.code()).isEqualTo(2);
                assertThat(whose.err()).contains("--user is \"" + name + "\"; expected 1 to 64 letters");
            }
        }
    }
}
