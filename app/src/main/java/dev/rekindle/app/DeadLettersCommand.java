package dev.rekindle.app;

import dev.rekindle.common.v1.FailureClass;
import dev.rekindle.jobs.v1.AnnotateDeadLetterRequest;
import dev.rekindle.jobs.v1.DeadLetter;
import dev.rekindle.jobs.v1.DeadLetterState;
import dev.rekindle.jobs.v1.DiscardDeadLettersRequest;
import dev.rekindle.jobs.v1.GetDeadLetterRequest;
import dev.rekindle.jobs.v1.ListDeadLettersRequest;
import dev.rekindle.jobs.v1.ListDeadLettersResponse;
import dev.rekindle.jobs.v1.QueuesServiceGrpc;
import dev.rekindle.jobs.v1.RetryDeadLettersRequest;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Jobs that failed for good, from the shell. */
@Command(
        name = "dead-letters",
        description = "Shows jobs that failed for good, and runs them again or closes them.",
        mixinStandardHelpOptions = true)
final class DeadLettersCommand {
    private static final int PAGE = 100;

    @Command(description = "Lists them, the last failure first.", mixinStandardHelpOptions = true)
    int list(
            @Mixin Where where,
            @Option(
                            names = "--state",
                            paramLabel = "STATE",
                            defaultValue = "open",
                            description = "open, retried, discarded (default open).")
                    String state,
            @Option(
                            names = "--class",
                            paramLabel = "CLASS",
                            defaultValue = "",
                            description = "data, logic, dependency, …")
                    String failure,
            @Option(
                            names = "--max",
                            paramLabel = "N",
                            defaultValue = "100",
                            description = "At most so many (default 100).")
                    int max,
            @Option(names = "--json", description = "As JSON.") boolean json)
            throws IOException {
        ListDeadLettersRequest.Builder request = ListDeadLettersRequest.newBuilder()
                .setState(Operate.choice(DeadLetterState.class, "DEAD_LETTER_STATE_", "--state", state))
                .setFailureClass(Operate.choice(FailureClass.class, "FAILURE_CLASS_", "--class", failure));
        return Operate.asOperator(where, channel -> {
            var queues = QueuesServiceGrpc.newBlockingStub(channel);
            ListDeadLettersResponse.Builder all = ListDeadLettersResponse.newBuilder();
            do {
                int wanted = Math.min(PAGE, Operate.max(max) - all.getDeadLettersCount());
                ListDeadLettersResponse page =
                        queues.listDeadLetters(request.setPageSize(wanted).build());
                all.addAllDeadLetters(page.getDeadLettersList()).setNextPageToken(page.getNextPageToken());
                request.setPageToken(page.getNextPageToken());
            } while (!all.getNextPageToken().isEmpty() && all.getDeadLettersCount() < max);
            if (json) {
                Operate.printJson(all);
            } else {
                print(all);
            }
        });
    }

    private static void print(ListDeadLettersResponse.Builder all) {
        Columns columns = new Columns("JOB", "FAILED", "STATE", "CLASS", "TYPE", "USER", "ATTEMPTS", "WHY");
        for (DeadLetter letter : all.getDeadLettersList()) {
            columns.add(
                    letter.getJobId(),
                    Operate.time(letter.getCreateTime()),
                    Operate.word(letter.getState(), "DEAD_LETTER_STATE_"),
                    Operate.word(letter.getFailureClass(), "FAILURE_CLASS_"),
                    Operate.word(letter.getJob().getType(), "JOB_TYPE_"),
                    letter.getJob().getUserId(),
                    letter.getAttemptsCount(),
                    why(letter));
        }
        columns.print();
        if (!all.getNextPageToken().isEmpty()) {
            System.out.println("… and more; see --max");
        }
    }

    /** A job that was run again has no error any more; its last attempt that failed has. */
    private static String why(DeadLetter letter) {
        int attempts = letter.getAttemptsCount();
        return letter.getJob().hasError() || attempts == 0
                ? letter.getJob().getError().getMessage()
                : letter.getAttempts(attempts - 1).getError().getMessage();
    }

    @Command(description = "Shows one with its history and notes.", mixinStandardHelpOptions = true)
    int show(
            @Mixin Where where,
            @Parameters(paramLabel = "JOB") String jobId,
            @Option(names = "--json", description = "As JSON, the whole job with it.") boolean json)
            throws IOException {
        return Operate.asOperator(where, channel -> {
            DeadLetter letter = QueuesServiceGrpc.newBlockingStub(channel)
                    .getDeadLetter(
                            GetDeadLetterRequest.newBuilder().setJobId(jobId).build())
                    .getDeadLetter();
            if (json) {
                Operate.printJson(letter);
            } else {
                print(letter);
            }
        });
    }

    private static void print(DeadLetter letter) {
        System.out.println("Job " + letter.getJobId() + " of " + letter.getJob().getUserId() + ", "
                + Operate.word(letter.getJob().getType(), "JOB_TYPE_") + ", in "
                + letter.getJob().getLane());
        System.out.println(Operate.word(letter.getState(), "DEAD_LETTER_STATE_")
                + (letter.getResolvedBy().isEmpty()
                        ? ""
                        : " by " + letter.getResolvedBy() + " at " + Operate.time(letter.getResolveTime()))
                + "; failed at " + Operate.time(letter.getCreateTime()) + ", class "
                + Operate.word(letter.getFailureClass(), "FAILURE_CLASS_") + ": "
                + why(letter));
        letter.getAttemptsList().forEach(attempt -> {
            System.out.println("  attempt " + attempt.getAttempt() + " on " + attempt.getWorkerId() + ", "
                    + Operate.time(attempt.getStartTime()) + " to " + Operate.time(attempt.getEndTime()) + ": "
                    + attempt.getError().getMessage());
            attempt.getDetail().lines().limit(5).forEach(line -> System.out.println("      " + line));
        });
        letter.getNotesList()
                .forEach(note -> System.out.println("  note by " + note.getAuthor() + " at "
                        + Operate.time(note.getCreateTime()) + ": " + note.getText()));
    }

    @Command(description = "Runs jobs again; what was given back is charged again.", mixinStandardHelpOptions = true)
    int retry(@Mixin Where where, @Parameters(paramLabel = "JOB", arity = "1..*") List<String> jobIds)
            throws IOException {
        return Operate.asOperator(where, channel -> {
            var answer = QueuesServiceGrpc.newBlockingStub(channel)
                    .retryDeadLetters(RetryDeadLettersRequest.newBuilder()
                            .addAllJobIds(jobIds)
                            .build());
            System.out.println(answer.getRetriedCount() + " retried");
            answer.getRefusedMap().forEach((id, why) -> System.out.println(id + " not: " + why));
        });
    }

    @Command(description = "Closes letters; their jobs stay failed.", mixinStandardHelpOptions = true)
    int discard(
            @Mixin Where where,
            @Parameters(paramLabel = "JOB", arity = "1..*") List<String> jobIds,
            @Option(names = "--reason", paramLabel = "TEXT", defaultValue = "", description = "Kept as a note.")
                    String reason)
            throws IOException {
        return Operate.asOperator(where, channel -> {
            var answer = QueuesServiceGrpc.newBlockingStub(channel)
                    .discardDeadLetters(DiscardDeadLettersRequest.newBuilder()
                            .addAllJobIds(jobIds)
                            .setReason(reason)
                            .build());
            System.out.println(answer.getDiscardedCount() + " discarded");
            answer.getRefusedMap().forEach((id, why) -> System.out.println(id + " not: " + why));
        });
    }

    @Command(description = "Writes a note on a letter.", mixinStandardHelpOptions = true)
    int note(
            @Mixin Where where,
            @Parameters(index = "0", paramLabel = "JOB") String jobId,
            @Parameters(index = "1", paramLabel = "TEXT") String text)
            throws IOException {
        return Operate.asOperator(
                where,
                channel -> print(QueuesServiceGrpc.newBlockingStub(channel)
                        .annotateDeadLetter(AnnotateDeadLetterRequest.newBuilder()
                                .setJobId(jobId)
                                .setText(text)
                                .build())
                        .getDeadLetter()));
    }
}
