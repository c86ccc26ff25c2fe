package dev.rekindle.jobs;

import dev.rekindle.common.v1.FailureClass;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.tables.tables.records.DeadLetterNotesRecord;
import dev.rekindle.jobs.tables.tables.records.DeadLettersRecord;
import dev.rekindle.jobs.tables.tables.records.JobAttemptsRecord;
import dev.rekindle.jobs.v1.DeadLetter;
import dev.rekindle.jobs.v1.DeadLetterNote;
import dev.rekindle.jobs.v1.DeadLetterState;
import dev.rekindle.jobs.v1.DiscardDeadLettersResponse;
import dev.rekindle.jobs.v1.FailedAttempt;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobError;
import dev.rekindle.jobs.v1.ListDeadLettersRequest;
import dev.rekindle.jobs.v1.ListDeadLettersResponse;
import dev.rekindle.jobs.v1.RetryDeadLettersResponse;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.db.PageToken;
import dev.rekindle.platform.rpc.Failure;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What operators do with jobs that failed for good: read them, note what they found, run them again or leave them be. */
final class DeadLetters {
    private static final Logger log = LoggerFactory.getLogger(DeadLetters.class);
    private static final int NOTES_MAX = 200;

    private final Database database;
    private final JobStore jobs;
    private final DeadLetterStore letters;
    private final ChangeJob change;
    private final RetryJob retry;
    private final Sources sources;

    /** Where ids and times come from. */
    record Sources(Ids ids, Clock clock) {}

    DeadLetters(
            Database database,
            JobStore jobs,
            DeadLetterStore letters,
            ChangeJob change,
            RetryJob retry,
            Sources sources) {
        this.database = database;
        this.jobs = jobs;
        this.letters = letters;
        this.change = change;
        this.retry = retry;
        this.sources = sources;
    }

    ListDeadLettersResponse list(ListDeadLettersRequest request) {
        int size = PageToken.pageSize(request.getPageSize());
        UUID before = request.getPageToken().isEmpty() ? null : PageToken.read(request.getPageToken());
        List<DeadLettersRecord> rows =
                letters.list(database.sql(), request.getState(), request.getFailureClass(), before, size + 1);
        List<DeadLettersRecord> page = rows.subList(0, Math.min(size, rows.size()));
        ListDeadLettersResponse.Builder answer = ListDeadLettersResponse.newBuilder();
        answer.addAllDeadLetters(views(database.sql(), page));
        if (rows.size() > size) {
            answer.setNextPageToken(PageToken.after(page.getLast().getLetterId()));
        }
        return answer.build();
    }

    DeadLetter get(UUID jobId) {
        return view(database.sql(), find(database.sql(), jobId));
    }

    private DeadLettersRecord find(DSLContext sql, UUID jobId) {
        return letters.find(sql, jobId).orElseThrow(() -> Failure.notFound("dead letter", jobId));
    }

    /**
     * Runs jobs again, each as its owner would: what was given back is charged again, and a job that cannot be is refused
     * by itself. Sent again, the call refuses what it has retried already, since that is no longer failed; so does the one of two
     * calls at once that was slower.
     */
    RetryDeadLettersResponse retry(String operator, List<UUID> jobIds) {
        Map<UUID, String> owners = letters.owners(database.sql(), jobIds);
        RetryDeadLettersResponse.Builder answer = RetryDeadLettersResponse.newBuilder();
        int retried = 0;
        for (UUID jobId : new LinkedHashSet<>(jobIds)) {
            try {
                String owner = owners.get(jobId);
                if (owner == null) {
                    throw Failure.notFound("dead letter", jobId);
                }
                if (!retry.run(owner, jobId, operator).begun()) {
                    throw Failure.of(
                            Reason.REASON_STATE_CONFLICT, "It was run again by somebody else in the same moment.");
                }
                retried++;
            } catch (Failure failure) {
                log.info("Dead letter {} is not retried: {} {}", jobId, failure.message(), failure.detail());
                answer.putRefused(jobId.toString(), failure.message());
            }
        }
        return answer.setRetriedCount(retried).build();
    }

    /** Closes letters for good, with the reason as a note. Those that are not open say why. */
    DiscardDeadLettersResponse discard(String operator, List<UUID> jobIds, String reason) {
        Set<UUID> distinct = new LinkedHashSet<>(jobIds);
        return database.transact(sql -> {
            Map<UUID, DeadLettersRecord> found = letters.lock(sql, distinct);
            DiscardDeadLettersResponse.Builder answer = DiscardDeadLettersResponse.newBuilder();
            List<UUID> open = new ArrayList<>();
            for (UUID jobId : distinct) {
                String refusal = refusal(jobId, found.get(jobId));
                if (refusal.isEmpty()) {
                    open.add(jobId);
                } else {
                    answer.putRefused(jobId.toString(), refusal);
                }
            }
            letters.discard(sql, open, operator, Protos.utc(sources.clock().instant()));
            if (!reason.isEmpty()) {
                open.forEach(jobId -> letters.addNote(sql, note(jobId, operator, "Discarded: " + reason)));
            }
            return answer.setDiscardedCount(open.size()).build();
        });
    }

    /** Why a letter cannot be discarded; empty if it can. */
    private static String refusal(UUID jobId, @Nullable DeadLettersRecord letter) {
        if (letter == null) {
            return Failure.notFound("dead letter", jobId).message();
        }
        return letter.getState().equals("OPEN")
                ? ""
                : "It was " + letter.getState().toLowerCase(Locale.ROOT) + " already by " + letter.getResolvedBy()
                        + ".";
    }

    DeadLetter annotate(String operator, UUID jobId, String text) {
        return database.transact(sql -> {
            DeadLettersRecord letter = letters.lock(sql, List.of(jobId)).get(jobId);
            if (letter == null) {
                throw Failure.notFound("dead letter", jobId);
            }
            int count = letters.countNotes(sql, jobId);
            if (count >= NOTES_MAX) {
                throw Failure.of(
                        Reason.REASON_STATE_CONFLICT,
                        "The dead letter " + jobId + " has " + count + " notes; it can have " + NOTES_MAX + ".");
            }
            letters.addNote(sql, note(jobId, operator, text));
            return view(sql, letter);
        });
    }

    private DeadLetterNotesRecord note(UUID jobId, String author, String text) {
        DeadLetterNotesRecord note = new DeadLetterNotesRecord();
        note.setId(sources.ids().next());
        note.setJobId(jobId);
        note.setAuthor(author);
        note.setText(text);
        note.setCreatedAt(Protos.utc(sources.clock().instant()));
        return note;
    }

    private DeadLetter view(DSLContext sql, DeadLettersRecord letter) {
        return views(sql, List.of(letter)).getFirst();
    }

    private List<DeadLetter> views(DSLContext sql, List<DeadLettersRecord> rows) {
        List<UUID> ids = rows.stream().map(DeadLettersRecord::getJobId).toList();
        Map<String, Job> whole = change.views(sql, jobs.findAll(sql, ids)).stream()
                .collect(Collectors.toMap(Job::getId, Function.identity()));
        Map<UUID, List<JobAttemptsRecord>> attempts = jobs.attemptsOf(sql, ids);
        Map<UUID, List<DeadLetterNotesRecord>> notes = letters.notesOf(sql, ids);
        return rows.stream()
                .map(row -> view(
                        row,
                        whole.getOrDefault(row.getJobId().toString(), Job.getDefaultInstance()),
                        attempts.getOrDefault(row.getJobId(), List.of()),
                        notes.getOrDefault(row.getJobId(), List.of())))
                .toList();
    }

    private static DeadLetter view(
            DeadLettersRecord row, Job job, List<JobAttemptsRecord> attempts, List<DeadLetterNotesRecord> notes) {
        DeadLetter.Builder letter = DeadLetter.newBuilder()
                .setJobId(row.getJobId().toString())
                .setJob(job)
                .setState(DeadLetterState.valueOf("DEAD_LETTER_STATE_" + row.getState()))
                .setFailureClass(FailureClass.valueOf("FAILURE_CLASS_" + row.getFailureClass()))
                .setResolvedBy(row.getResolvedBy())
                .setCreateTime(Protos.timestamp(row.getCreatedAt()));
        if (row.getResolvedAt() != null) {
            letter.setResolveTime(Protos.timestamp(row.getResolvedAt()));
        }
        attempts.stream()
                .filter(attempt -> attempt.getError() != null)
                .forEach(attempt -> letter.addAttempts(view(attempt)));
        notes.forEach(note -> letter.addNotes(DeadLetterNote.newBuilder()
                .setAuthor(note.getAuthor())
                .setText(note.getText())
                .setCreateTime(Protos.timestamp(note.getCreatedAt()))));
        return letter.build();
    }

    private static FailedAttempt view(JobAttemptsRecord row) {
        FailedAttempt.Builder attempt = FailedAttempt.newBuilder()
                .setAttempt(row.getAttempt())
                .setWorkerId(row.getWorkerId())
                .setError(Protos.read(JobError.parser(), row.getError()))
                .setDetail(row.getDetail())
                .setStartTime(Protos.timestamp(row.getStartedAt()));
        if (row.getEndedAt() != null) {
            attempt.setEndTime(Protos.timestamp(row.getEndedAt()));
        }
        return attempt.build();
    }
}
