package dev.rekindle.bench.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.Role;
import dev.rekindle.credits.v1.AuditLedgerRequest;
import dev.rekindle.credits.v1.GetAccountRequest;
import dev.rekindle.credits.v1.GrantCreditsRequest;
import dev.rekindle.credits.v1.LedgerEntry;
import dev.rekindle.credits.v1.ListLedgerEntriesRequest;
import dev.rekindle.credits.v1.ListLedgerEntriesResponse;
import dev.rekindle.jobs.v1.CancelJobRequest;
import dev.rekindle.jobs.v1.CreateBatchItem;
import dev.rekindle.jobs.v1.CreateBatchRequest;
import dev.rekindle.jobs.v1.CreateJobRequest;
import dev.rekindle.jobs.v1.DeadLetterState;
import dev.rekindle.jobs.v1.DiscardDeadLettersRequest;
import dev.rekindle.jobs.v1.GetJobRequest;
import dev.rekindle.jobs.v1.GetLaneRequest;
import dev.rekindle.jobs.v1.GetPhotoRequest;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobSpec;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.jobs.v1.Lane;
import dev.rekindle.jobs.v1.LaneMode;
import dev.rekindle.jobs.v1.ListDeadLettersRequest;
import dev.rekindle.jobs.v1.PauseLaneRequest;
import dev.rekindle.jobs.v1.PhotoState;
import dev.rekindle.jobs.v1.QueuesServiceGrpc;
import dev.rekindle.jobs.v1.RestorationSpec;
import dev.rekindle.jobs.v1.ResumeLaneRequest;
import dev.rekindle.jobs.v1.RetryDeadLettersRequest;
import dev.rekindle.jobs.v1.RetryJobRequest;
import dev.rekindle.platform.Closer;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Failures;
import dev.rekindle.testkit.Eventually;
import dev.rekindle.testkit.Servers;
import io.grpc.StatusRuntimeException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Two operators and a user on two devices who contradict each other at the same moment, about the same lane, job, dead
 * letter and credits, on two instances of every service. Each is answered or refused with a reason, and what is left is
 * one truth.
 */
class ContradictionsIT {
    private static final String LANE = "free_tier";
    private static final int ROUNDS = 25;
    private static final int FIRST_JOBS = 8;
    private static final int JOB_COST = 2;
    private static final Set<Reason> REFUSALS = Set.of(
            Reason.REASON_STATE_CONFLICT,
            Reason.REASON_CONCURRENT_CHANGE,
            Reason.REASON_IDEMPOTENCY_CONFLICT,
            Reason.REASON_INSUFFICIENT_CREDITS,
            Reason.REASON_TIER_LIMIT);
    private static final byte[] PICTURE = Pictures.photo(new SplittableRandom(7));
    private static final JobSpec RESTORE = JobSpec.newBuilder()
            .setRestoration(RestorationSpec.newBuilder().setRestore(true))
            .build();

    private final long seed = Long.getLong("contradictions.seed", 20_261_126L);
    private final SplittableRandom random = new SplittableRandom(seed);
    private final Closer closer = new Closer();
    private final Diary diary = new Diary();
    private final List<String> jobs = new CopyOnWriteArrayList<>();
    private final Queue<String> unclear = new ConcurrentLinkedQueue<>();
    private Caller user;
    private Caller olga;
    private Caller otto;
    private String photoId = "";

    @AfterEach
    void end() {
        closer.close();
    }

    @BeforeEach
    void start() throws Exception {
        System.out.println("ContradictionsIT -Dcontradictions.seed=" + seed);
        Twins twins = closer.add(new Twins());
        SplittableRandom luck = random.split();
        closer.add(new HandWorker(
                twins.openQueue(), closer.add(Servers.openBlobs()), PICTURE, job -> luck.nextInt(3) > 0));
        user = caller(twins, "ada", Role.ROLE_USER);
        olga = caller(twins, "olga", Role.ROLE_ADMIN);
        otto = caller(twins, "otto", Role.ROLE_ADMIN);
        give(olga, 30, "start").call();
        String bearer = "Bearer " + twins.issuer().token("ada", Set.of(Role.ROLE_USER), Duration.ofHours(1));
        photoId = PhotoForm.send(closer.add(HttpClient.newHttpClient()), twins.gatewayPort(), bearer, PICTURE);
        Eventually.holds(() -> assertThat(user.photos()
                        .getPhoto(
                                GetPhotoRequest.newBuilder().setPhotoId(photoId).build())
                        .getPhoto()
                        .getState())
                .isEqualTo(PhotoState.PHOTO_STATE_READY));
        for (int i = 0; i < FIRST_JOBS; i++) {
            create().call();
        }
    }

    private Caller caller(Twins twins, String name, Role role) {
        return closer.add(new Caller(name, twins.gatewayPort(), twins.issuer(), diary, role));
    }

    private static QueuesServiceGrpc.QueuesServiceBlockingStub queues(Caller operator) {
        return QueuesServiceGrpc.newBlockingStub(operator.channel());
    }

    private Callable<Object> pause(Caller operator) {
        return () -> queues(operator)
                .pauseLane(PauseLaneRequest.newBuilder()
                        .setLane(LANE)
                        .setReason("for a test")
                        .build());
    }

    private Callable<Object> resume(Caller operator) {
        return () -> queues(operator)
                .resumeLane(ResumeLaneRequest.newBuilder().setLane(LANE).build());
    }

    private Callable<Object> retryLetter(Caller operator, String jobId) {
        return () -> {
            var answer = queues(operator)
                    .retryDeadLetters(RetryDeadLettersRequest.newBuilder()
                            .addJobIds(jobId)
                            .build());
            assertThat(answer.getRetriedCount() + answer.getRefusedCount()).isEqualTo(1);
            answer.getRefusedMap().values().stream()
                    .filter(message -> message.isBlank() || message.contains("on our side"))
                    .forEach(unclear::add);
            return answer;
        };
    }

    private Callable<Object> discardLetter(Caller operator, String jobId) {
        return () -> queues(operator)
                .discardDeadLetters(
                        DiscardDeadLettersRequest.newBuilder().addJobIds(jobId).build());
    }

    private Callable<Object> give(Caller operator, int amount, String requestId) {
        return () -> operator.credits()
                .grantCredits(GrantCreditsRequest.newBuilder()
                        .setUserId("ada")
                        .setAmount(amount)
                        .setReason("for the test")
                        .setRequestId(requestId)
                        .build());
    }

    private Callable<Object> create() {
        return () -> seen(user.jobs()
                .createJob(CreateJobRequest.newBuilder()
                        .addPhotoIds(photoId)
                        .setSpec(RESTORE)
                        .setAllowDuplicate(true)
                        .build())
                .getJob());
    }

    private Callable<Object> createBatch() {
        CreateBatchItem item = CreateBatchItem.newBuilder()
                .addPhotoIds(photoId)
                .setSpec(RESTORE)
                .build();
        return () -> jobs.addAll(user.jobs()
                .createBatch(CreateBatchRequest.newBuilder()
                        .addItems(item)
                        .addItems(item)
                        .build())
                .getBatch()
                .getJobIdsList());
    }

    private Callable<Object> cancel(String jobId) {
        return () -> seen(user.jobs()
                .cancelJob(CancelJobRequest.newBuilder().setJobId(jobId).build())
                .getJob());
    }

    private Callable<Object> retry(String jobId) {
        return () -> seen(user.jobs()
                .retryJob(RetryJobRequest.newBuilder().setJobId(jobId).build())
                .getJob());
    }

    private Job seen(Job job) {
        diary.saw("ada", job);
        if (!jobs.contains(job.getId())) {
            jobs.add(job.getId());
        }
        return job;
    }

    /** What the operators do at once; the second contradicts the first. */
    private List<Callable<Object>> operators(String jobId, int round) {
        return switch (random.nextInt(5)) {
            case 0 -> List.of(pause(olga), resume(otto));
            case 1 -> List.of(retryLetter(olga, jobId), discardLetter(otto, jobId));
            case 2 -> List.of(retryLetter(olga, jobId), retryLetter(otto, jobId));
            case 3 -> List.of(give(olga, 4, "both-" + round), give(otto, -3, "both-" + round));
            default -> List.of(give(olga, 3, "olga-" + round), give(otto, -4, "otto-" + round));
        };
    }

    /** What the user does at the same moment. */
    private List<Callable<Object>> devices(String jobId) {
        return switch (random.nextInt(5)) {
            case 0 -> List.of(cancel(jobId), retry(jobId));
            case 1 -> List.of(retry(jobId), retry(jobId));
            case 2 -> List.of(cancel(jobId), cancel(jobId));
            case 3 -> List.of(create(), cancel(jobId));
            default -> List.of(createBatch(), retry(jobId));
        };
    }

    @Test
    @Tag("Q-09")
    @Tag("Q-08")
    @Tag("JOB-03")
    @Tag("CR-04")
    void whoever_contradicts_whom_every_call_is_answered_and_one_truth_is_left() throws Exception {
        Map<Reason, Integer> refused = new HashMap<>();
        int answered = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < ROUNDS; round++) {
                String jobId = jobs.get(random.nextInt(jobs.size()));
                List<Callable<Object>> calls = new ArrayList<>(operators(jobId, round));
                calls.addAll(devices(jobId));
                for (Future<Object> call : threads.invokeAll(calls)) {
                    if (isAnswered(call, refused)) {
                        answered++;
                    }
                }
            }
        }
        resume(olga).call();

        assertThat(unclear).as("seed %d: answers that say nothing", seed).isEmpty();
        assertThat(refused.keySet()).as("seed %d", seed).isSubsetOf(REFUSALS);
        assertThat(answered).as("seed %d: calls that were carried out", seed).isGreaterThan(ROUNDS);
        assertThat(refused).as("seed %d: there were contradictions", seed).isNotEmpty();
        Map<String, Job> ended = awaitEnds();
        Eventually.holds(() -> assertBooks(ended));
        assertLetters(ended);
        assertLane();
        ended.keySet().forEach(id -> diary.saw("ada", job(id)));
        assertThat(diary.violations()).as("seed %d", seed).isEmpty();
    }

    private static boolean isAnswered(Future<Object> call, Map<Reason, Integer> refused) throws Exception {
        try {
            call.get();
            return true;
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof StatusRuntimeException refusal)) {
                throw e;
            }
            Failure failure = Failures.of(refusal);
            assertThat(failure.message()).isNotBlank();
            refused.merge(failure.reason(), 1, Integer::sum);
            return false;
        }
    }

    private Job job(String id) {
        return user.jobs()
                .getJob(GetJobRequest.newBuilder().setJobId(id).build())
                .getJob();
    }

    private Map<String, Job> awaitEnds() {
        Map<String, Job> ended = new HashMap<>();
        for (String id : jobs) {
            ended.put(id, Eventually.answers(() -> {
                Job job = job(id);
                assertThat(job.getState())
                        .as("seed %d: job %s", seed, id)
                        .isIn(JobState.JOB_STATE_COMPLETED, JobState.JOB_STATE_FAILED, JobState.JOB_STATE_CANCELLED);
                return job;
            }));
        }
        return ended;
    }

    private List<LedgerEntry> ledger() {
        List<LedgerEntry> entries = new ArrayList<>();
        String token = "";
        do {
            ListLedgerEntriesResponse page = user.credits()
                    .listLedgerEntries(ListLedgerEntriesRequest.newBuilder()
                            .setPageSize(100)
                            .setPageToken(token)
                            .build());
            entries.addAll(page.getEntriesList());
            token = page.getNextPageToken();
        } while (!token.isEmpty());
        return entries;
    }

    /** Every job has paid if it was completed and nothing otherwise, and the balance is what is left. */
    private void assertBooks(Map<String, Job> ended) {
        Map<String, Integer> paid = new HashMap<>();
        int balance = 0;
        for (LedgerEntry entry : ledger()) {
            balance += entry.getAmount();
            if (!entry.getJobId().isEmpty()) {
                paid.merge(entry.getJobId(), -entry.getAmount(), Integer::sum);
            }
        }
        assertThat(paid)
                .allSatisfy((id, credits) -> assertThat(credits == 0 || ended.containsKey(id))
                        .as("seed %d: job %s, which nobody was told of, paid %d", seed, id, credits)
                        .isTrue());
        ended.forEach((id, job) -> assertThat(paid.getOrDefault(id, 0))
                .as("seed %d: net charge of job %s, %s", seed, id, job.getState())
                .isEqualTo(job.getState() == JobState.JOB_STATE_COMPLETED ? JOB_COST : 0));
        assertThat(user.credits()
                        .getAccount(GetAccountRequest.getDefaultInstance())
                        .getAccount()
                        .getBalance())
                .isEqualTo(balance)
                .isNotNegative();
        assertThat(olga.credits()
                        .auditLedger(AuditLedgerRequest.getDefaultInstance())
                        .getFindingsList())
                .isEmpty();
    }

    /** What has failed has a letter; what was completed or cancelled has none that waits. */
    private void assertLetters(Map<String, Job> ended) {
        Map<String, DeadLetterState> letters = new HashMap<>();
        queues(olga)
                .listDeadLetters(
                        ListDeadLettersRequest.newBuilder().setPageSize(100).build())
                .getDeadLettersList()
                .forEach(letter -> letters.put(letter.getJobId(), letter.getState()));
        ended.forEach((id, job) -> {
            boolean failed = job.getState() == JobState.JOB_STATE_FAILED;
            DeadLetterState letter = letters.getOrDefault(id, DeadLetterState.DEAD_LETTER_STATE_UNSPECIFIED);
            assertThat(letter)
                    .as("seed %d: letter of job %s, %s", seed, id, job.getState())
                    .isIn(
                            failed
                                    ? Set.of(
                                            DeadLetterState.DEAD_LETTER_STATE_OPEN,
                                            DeadLetterState.DEAD_LETTER_STATE_DISCARDED)
                                    : Set.of(
                                            DeadLetterState.DEAD_LETTER_STATE_UNSPECIFIED,
                                            DeadLetterState.DEAD_LETTER_STATE_RETRIED));
        });
    }

    private void assertLane() {
        Eventually.holds(() -> {
            Lane lane = queues(otto)
                    .getLane(GetLaneRequest.newBuilder().setLane(LANE).build())
                    .getLane();
            assertThat(lane.getMode()).isEqualTo(LaneMode.LANE_MODE_RUNNING);
            assertThat(lane.getModeBy()).isEqualTo("olga");
            assertThat(lane.getWaiting() + lane.getActive() + lane.getDelayed()).isZero();
        });
    }
}
