package dev.rekindle.bench.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.Role;
import dev.rekindle.credits.v1.AuditLedgerRequest;
import dev.rekindle.credits.v1.CreditsServiceGrpc;
import dev.rekindle.credits.v1.GetAccountRequest;
import dev.rekindle.credits.v1.GrantCreditsRequest;
import dev.rekindle.events.v1.Event;
import dev.rekindle.events.v1.ListEventsRequest;
import dev.rekindle.events.v1.ListEventsResponse;
import dev.rekindle.jobs.v1.CreateJobRequest;
import dev.rekindle.jobs.v1.GetJobRequest;
import dev.rekindle.jobs.v1.GetPhotoRequest;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobSpec;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.jobs.v1.ListJobsRequest;
import dev.rekindle.jobs.v1.PhotoState;
import dev.rekindle.jobs.v1.QuoteJobRequest;
import dev.rekindle.jobs.v1.RestorationSpec;
import dev.rekindle.platform.Closer;
import dev.rekindle.platform.blobs.Blobs;
import dev.rekindle.platform.telemetry.Logs;
import dev.rekindle.processing.v1.ListEnginesRequest;
import dev.rekindle.processing.v1.ProcessingServiceGrpc;
import dev.rekindle.testkit.Eventually;
import dev.rekindle.testkit.Servers;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Two instances of every service behind one gateway: all of them ended and started again in turn, as in an upgrade, then
 * one of each killed in the middle of its work.
 */
class TwoInstancesIT {
    private static final List<String> USERS = List.of("ada", "berta", "cleo");
    private static final int CREDITS = 100_000;
    private static final byte[] PICTURE = Pictures.photo(new SplittableRandom(7));
    private static final JobSpec RESTORE = JobSpec.newBuilder()
            .setRestoration(RestorationSpec.newBuilder().setRestore(true))
            .build();

    private final Closer closer = new Closer();
    private final Diary diary = new Diary();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean loaded = new AtomicBoolean(true);
    private final AtomicBoolean listening = new AtomicBoolean(true);
    private final List<Thread> threads = new ArrayList<>();
    private volatile String phase = "all are there";

    @BeforeAll
    static void onlyErrors() {
        Logs.start(Logs.Format.TEXT, "error", ""); // the dead go on complaining
    }

    @AfterEach
    void end() {
        loaded.set(false);
        listening.set(false);
        threads.forEach(Thread::interrupt);
        closer.close();
    }

    /** One user's stream of calls, each of which must succeed at the first try. */
    private final class User {
        private final Caller caller;
        private final EventReader reader;
        private final HttpClient http = closer.add(HttpClient.newHttpClient());
        private final String bearer;
        private final int gatewayPort;
        private final AtomicInteger rounds = new AtomicInteger();
        private String photoId = "";

        User(String name, Twins twins) {
            this.caller = closer.add(new Caller(name, twins.gatewayPort(), twins.issuer(), diary, Role.ROLE_USER));
            this.reader = new EventReader(caller, diary);
            this.bearer = "Bearer " + twins.issuer().token(name, Set.of(Role.ROLE_USER), Duration.ofHours(1));
            this.gatewayPort = twins.gatewayPort();
        }

        private HttpResponse<String> rest(HttpRequest.Builder request) throws Exception {
            HttpResponse<String> answer = http.send(
                    request.header("Authorization", bearer)
                            .timeout(Duration.ofSeconds(20))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 201);
            return answer;
        }

        private HttpRequest.Builder at(String path) {
            return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gatewayPort + path));
        }

        void upload() throws Exception {
            photoId = PhotoForm.send(http, gatewayPort, bearer, PICTURE);
            Eventually.holds(() -> assertThat(caller.photos()
                            .getPhoto(GetPhotoRequest.newBuilder()
                                    .setPhotoId(photoId)
                                    .build())
                            .getPhoto()
                            .getState())
                    .isEqualTo(PhotoState.PHOTO_STATE_READY));
        }

        void load() {
            while (loaded.get()) {
                try {
                    round();
                    rounds.incrementAndGet();
                } catch (Exception | AssertionError e) {
                    failures.add(phase + ", " + caller.user() + ": " + e);
                }
            }
        }

        /** A call of each service and of each wire, most of them without any id of the client's own. */
        private void round() throws Exception {
            int round = rounds.get();
            Job job = caller.jobs()
                    .createJob(CreateJobRequest.newBuilder()
                            .addPhotoIds(photoId)
                            .setSpec(RESTORE)
                            .setAllowDuplicate(true)
                            .build())
                    .getJob();
            diary.accepted(caller.user(), "round " + round, job);
            if (round % 3 == 0) {
                JobWatcher watcher = new JobWatcher(caller, diary, job.getId());
                start(() -> watcher.run(listening::get));
            }
            diary.saw(caller.user(), job(job.getId()));
            caller.jobs().listJobs(ListJobsRequest.getDefaultInstance());
            caller.jobs()
                    .quoteJob(QuoteJobRequest.newBuilder()
                            .addPhotoIds(photoId)
                            .setSpec(RESTORE)
                            .build());
            caller.credits().getAccount(GetAccountRequest.getDefaultInstance());
            caller.events()
                    .listEvents(ListEventsRequest.newBuilder().setPageSize(10).build());
            ProcessingServiceGrpc.newBlockingStub(caller.channel())
                    .listEngines(ListEnginesRequest.getDefaultInstance());
            rest(at("/v1/jobs/" + job.getId()).GET());
        }

        Job job(String id) {
            return caller.jobs()
                    .getJob(GetJobRequest.newBuilder().setJobId(id).build())
                    .getJob();
        }

        /** Ids of all events that are kept of the user. */
        Set<String> kept() {
            Set<String> ids = new HashSet<>();
            String token = "";
            do {
                ListEventsResponse page = caller.events()
                        .listEvents(ListEventsRequest.newBuilder()
                                .setPageSize(1000)
                                .setPageToken(token)
                                .build());
                page.getEventsList().stream().map(Event::getId).forEach(ids::add);
                token = page.getNextPageToken();
            } while (!token.isEmpty());
            return ids;
        }
    }

    @FunctionalInterface
    private interface Work {
        void run() throws InterruptedException;
    }

    private synchronized void start(Work work) {
        threads.add(Thread.ofVirtual().start(() -> {
            try {
                work.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                failures.add("A stream: " + e);
            }
        }));
    }

    @Test
    @Tag("OPS-09")
    @Tag("OPS-06")
    @Tag("EV-01")
    void no_call_fails_and_no_event_is_missed_or_told_twice_while_services_are_upgraded_and_while_one_of_each_dies()
            throws Exception {
        Twins twins = closer.add(new Twins());
        Blobs blobs = closer.add(Servers.openBlobs());
        closer.add(new HandWorker(twins.openQueue(), blobs, PICTURE));
        Caller operator =
                closer.add(new Caller("operator", twins.gatewayPort(), twins.issuer(), diary, Role.ROLE_ADMIN));
        List<User> users = USERS.stream().map(name -> new User(name, twins)).toList();
        for (User user : users) {
            start(() -> user.reader.run(listening::get));
            Eventually.holds(() -> assertThat(user.reader.isReady()).isTrue());
            operator.credits()
                    .grantCredits(GrantCreditsRequest.newBuilder()
                            .setUserId(user.caller.user())
                            .setAmount(CREDITS)
                            .setReason("for the test")
                            .setRequestId("grant-" + user.caller.user())
                            .build());
            user.upload();
        }

        users.forEach(user -> start(user::load));
        awaitRounds(users, 3);
        for (String service : Twins.SERVICES) {
            phase = service + " is upgraded";
            twins.upgrade(service, () -> awaitRounds(users, 2));
        }
        for (String service : Twins.SERVICES) {
            phase = service + "-1 is killed";
            twins.kill(service + "-1");
            awaitRounds(users, 3);
        }
        loaded.set(false);

        requireNoFailure();
        Map<String, String> jobs = diary.jobs();
        for (User user : users) {
            jobs.forEach((id, owner) -> {
                if (owner.equals(user.caller.user())) {
                    Eventually.holds(() -> assertThat(user.job(id).getState()).isEqualTo(JobState.JOB_STATE_COMPLETED));
                }
            });
            Eventually.holds(() -> assertThat(user.reader.seen()).isEqualTo(user.kept()));
        }
        assertThat(diary.violations()).isEmpty();
        assertThat(diary.counts()).doesNotContainKey("events told again");
        assertThat(diary.counts().getOrDefault("streams resumed", 0))
                .as("streams that broke and went on")
                .isPositive();
        assertThat(jobs).hasSizeGreaterThan(USERS.size() * 10);
        assertThat(CreditsServiceGrpc.newBlockingStub(operator.channel())
                        .auditLedger(AuditLedgerRequest.getDefaultInstance())
                        .getFindingsList())
                .isEmpty();
    }

    private void requireNoFailure() {
        assertThat(failures).as("calls and streams that failed").isEmpty();
    }

    /** Waits until every user has made so many more rounds of calls, without a failure. */
    private void awaitRounds(List<User> users, int more) {
        List<Integer> before = users.stream().map(user -> user.rounds.get()).toList();
        Eventually.holds(() -> {
            for (int at = 0; at < users.size(); at++) {
                assertThat(users.get(at).rounds.get() >= before.get(at) + more || !failures.isEmpty())
                        .isTrue();
            }
        });
        requireNoFailure();
    }
}
