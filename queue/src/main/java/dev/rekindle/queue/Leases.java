package dev.rekindle.queue;

import com.google.protobuf.ByteString;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.rpc.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The workers' side of one shard: claiming jobs, keeping their leases, ending them. */
final class Leases {
    private static final Logger log = LoggerFactory.getLogger(Leases.class);

    private final Scripts scripts;
    private final QueueConfig config;
    private final Ids ids;

    Leases(Scripts scripts, Ids ids) {
        this.scripts = scripts;
        this.config = scripts.config();
        this.ids = ids;
    }

    /**
     * What one look found.
     *
     * @param memoryBytes the jobs need together
     * @param retryAfter when a lane's rate allows more, if that is known
     */
    record Look(List<Claim> claims, long memoryBytes, Duration retryAfter) {}

    /** @param waits whether the worker is to be woken if there is nothing */
    Look look(Claimer who, int max, boolean waits) {
        return found(scripts.run("claim", claimArguments(who, max, waits)));
    }

    private List<Object> claimArguments(Claimer who, int max, boolean waits) {
        List<Object> arguments = new ArrayList<>();
        arguments.add(who.workerId());
        arguments.add(max);
        arguments.add(who.memoryBytesFree());
        arguments.add(config.leases().time().toMillis());
        arguments.add(config.leases().grace().toMillis());
        arguments.add(config.claims().lowerLaneEvery());
        arguments.add(config.claims().lookAheadMax());
        arguments.add(WaitingJobs.micros(config.headStarts().retry()));
        arguments.add(config.results().backlogMax());
        arguments.add(waits ? 1 : 0);
        arguments.add(who.kinds().size());
        arguments.addAll(who.kinds());
        for (int i = 0; i < max; i++) {
            arguments.add(ids.next());
        }
        return arguments;
    }

    private Look found(Scripts.Answer answer) {
        return switch (answer.status()) {
            case "OK" -> found(answer.reply());
            case "BACKLOG" -> {
                log.warn(
                        "Nothing is claimed: more than {} results are unread",
                        config.results().backlogMax());
                yield new Look(List.of(), 0, config.poll());
            }
            case String other -> throw Failure.internal("The script claim answered " + other, null);
        };
    }

    private Look found(Reply reply) {
        long retryMillis = reply.number();
        long memoryBytes = reply.number();
        List<Claim> claims = new ArrayList<>();
        while (reply.more()) {
            claims.add(new Claim(
                    reply.text(),
                    reply.text(),
                    reply.text(),
                    reply.count(),
                    reply.text(),
                    reply.bytes(),
                    Duration.ofMillis(reply.number()),
                    reply.time()));
        }
        return new Look(claims, memoryBytes, retryMillis < 0 ? config.poll() : Duration.ofMillis(retryMillis));
    }

    List<Beat.Answer> heartbeat(List<Beat> beats) {
        List<Beat.Answer> answers = new ArrayList<>(beats.size());
        for (List<Beat> batch : scripts.batches(beats, beat -> beat.progress().size())) {
            List<Object> arguments = new ArrayList<>();
            arguments.add(config.leases().time().toMillis());
            for (Beat beat : batch) {
                Sizes.check("progress", beat.progress(), config.sizes().progressBytesMax());
                addToken(arguments, beat.claim());
                arguments.add(beat.sequence());
                arguments.add(beat.progress());
            }
            Reply reply = scripts.runOk("heartbeat", arguments);
            while (reply.more()) {
                answers.add(answer(reply.count()));
            }
        }
        return answers;
    }

    private static Beat.Answer answer(int code) {
        return switch (code) {
            case 0 -> Beat.Answer.KEPT;
            case 1 -> Beat.Answer.CANCEL_REQUESTED;
            case 2 -> Beat.Answer.LOST;
            default -> throw Failure.internal("The script heartbeat answered " + code, null);
        };
    }

    List<Boolean> finish(List<Finish> finishes) {
        List<Boolean> held = new ArrayList<>(finishes.size());
        for (List<Finish> batch : finishBatches(finishes)) {
            addHeld(held, scripts.runOk("finish", finishArguments(batch)));
        }
        return held;
    }

    /** What became of leases, and what a look after that found. */
    record FinishAndLook(List<Boolean> held, Look look) {}

    /** Ends leases and looks for the next jobs as one step, if they are no more than a batch; else ends them only. */
    FinishAndLook finishAndLook(List<Finish> finishes, Claimer who, int max) {
        Look nothing = new Look(List.of(), 0, config.poll());
        List<List<Finish>> batches = finishBatches(finishes);
        if (batches.size() != 1) {
            return new FinishAndLook(finish(finishes), nothing);
        }
        List<Scripts.Answer> answers = scripts.runInTurn(List.of(
                Map.entry("finish", finishArguments(batches.getFirst())),
                Map.entry("claim", claimArguments(who, max, false))));
        List<Boolean> held = new ArrayList<>(finishes.size());
        addHeld(held, answers.getFirst().reply());
        // Lanes that an emptied Redis forgot are the business of a claim by itself.
        Scripts.Answer claimed = answers.getLast();
        return new FinishAndLook(held, claimed.status().equals("OK") ? found(claimed) : nothing);
    }

    private List<List<Finish>> finishBatches(List<Finish> finishes) {
        finishes.forEach(finish -> checkReport(finish.report()));
        return scripts.batches(finishes, finish -> finish.report().size());
    }

    private static List<Object> finishArguments(List<Finish> batch) {
        List<Object> arguments = new ArrayList<>();
        for (Finish finish : batch) {
            addToken(arguments, finish.claim());
            arguments.add(finish.ending().name());
            arguments.add(finish.report());
        }
        return arguments;
    }

    boolean report(Claim claim, ByteString report) {
        checkReport(report);
        List<Object> arguments = new ArrayList<>();
        addToken(arguments, claim);
        arguments.add(report);
        return scripts.runOk("report", arguments).number() == 1;
    }

    List<Boolean> giveBack(List<Claim> claims) {
        List<Boolean> held = new ArrayList<>(claims.size());
        for (List<Claim> batch : scripts.batches(claims, claim -> 0)) {
            List<Object> arguments = new ArrayList<>();
            batch.forEach(claim -> addToken(arguments, claim));
            addHeld(held, scripts.runOk("give_back", arguments));
        }
        return held;
    }

    private void checkReport(ByteString report) {
        Sizes.check("report", report, config.sizes().reportBytesMax());
    }

    private static void addToken(List<Object> arguments, Claim claim) {
        arguments.add(claim.id());
        arguments.add(claim.attempt());
        arguments.add(claim.leaseId());
    }

    private static void addHeld(List<Boolean> held, Reply reply) {
        while (reply.more()) {
            held.add(reply.number() == 1);
        }
    }
}
