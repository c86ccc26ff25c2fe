package dev.rekindle.queue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The queue as plain lists and sorting, without care for speed: what {@link QueueFuzzTest} holds the scripts to. Times are
 * in seconds. One step of the test is one instant here; the real queue is a little later within it.
 */
final class QueueModel {
    static final List<String> LANES = List.of(TestQueue.FOREVER, TestQueue.PAID, TestQueue.FREE);
    static final int TIMEOUT = 4050;
    /** Not a whole number of steps from the others: no two deadlines of different origin fall together. */
    static final int GRACE = 520;

    static final int LEASE = 1550;
    private static final long SECOND = 2_000_000;

    final Map<String, Job> jobs = new LinkedHashMap<>();
    final Map<String, Lane> lanes = new LinkedHashMap<>();
    final List<String> results = new ArrayList<>();
    private final Map<String, Integer> lost = new HashMap<>();
    /** What has finished or was taken out, and the attempt it had come to. */
    final Map<String, Integer> over = new HashMap<>();

    QueueRules rules;
    private int turn;
    long now;

    QueueModel(long now, int activeMax, int waitingMax, QueueRules rules) {
        this.now = now;
        this.rules = rules;
        LANES.forEach(name -> lanes.put(name, new Lane(activeMax, waitingMax)));
    }

    static final class Lane {
        int activeMax;
        final int waitingMax;
        LaneState.Mode mode = LaneState.Mode.RUNNING;

        Lane(int activeMax, int waitingMax) {
            this.activeMax = activeMax;
            this.waitingMax = waitingMax;
        }
    }

    static final class Job {
        final Entry entry;
        String lane;
        // Begins and score are in half microseconds, as fine as the real ones.
        long begins;
        long score;
        long due;

        @Nullable
        Lease lease;

        Job(Entry entry) {
            this.entry = entry;
            this.lane = entry.lane();
        }

        boolean waits() {
            return due == 0 && lease == null;
        }
    }

    static final class Lease {
        final Claim claim;
        final String worker;
        final long renewUntil;
        long deadline;
        boolean cancelled;
        long sequence;

        Lease(Claim claim, String worker, long now) {
            this.claim = claim;
            this.worker = worker;
            this.renewUntil = now + TIMEOUT + GRACE;
            this.deadline = Math.min(now + LEASE, renewUntil);
        }
    }

    private long headStart(Job job, int priority) {
        QueueConfig.HeadStarts heads = rules.headStarts();
        return SECOND * (job.entry.attemptsSoFar() > 0 ? heads.retry() : heads.of(priority)).toSeconds();
    }

    /** The waiting jobs of a lane, next first. */
    List<Job> waiting(String lane) {
        return jobs.values().stream()
                .filter(job -> job.waits() && job.lane.equals(lane))
                .sorted(Comparator.<Job>comparingLong(job -> job.score).thenComparing(job -> job.entry.id()))
                .toList();
    }

    long active(String lane) {
        return jobs.values().stream()
                .filter(job -> job.lease != null && job.lane.equals(lane))
                .count();
    }

    long delayed(String lane) {
        return jobs.values().stream()
                .filter(job -> job.due != 0 && job.lane.equals(lane))
                .count();
    }

    private Map<String, Entry> fresh(List<Entry> entries) {
        Map<String, Entry> fresh = new LinkedHashMap<>();
        for (Entry entry : entries) {
            if (!jobs.containsKey(entry.id())) {
                fresh.putIfAbsent(entry.id(), entry);
            }
        }
        return fresh;
    }

    /** Whether a lane refuses these as new jobs. */
    boolean refuses(List<Entry> entries) {
        Map<String, Entry> fresh = fresh(entries);
        return LANES.stream().anyMatch(name -> {
            Lane lane = lane(name);
            long adding = fresh.values().stream()
                    .filter(entry -> entry.lane().equals(name))
                    .count();
            long there = waiting(name).size() + delayed(name);
            return adding > 0 && (lane.mode == LaneState.Mode.DRAINING || there + adding > lane.waitingMax);
        });
    }

    /**
     * Takes jobs, and answers how many were added.
     *
     * @param before added by the same call in other shards
     */
    int enqueue(List<Entry> entries, int before) {
        Map<String, Entry> fresh = fresh(entries);
        int number = before;
        for (Entry entry : fresh.values()) {
            Job job = new Job(entry);
            long notBefore = entry.notBefore() == null ? 0 : entry.notBefore().getEpochSecond();
            job.due = notBefore > now ? notBefore : 0;
            job.begins = job.due == 0 ? now * SECOND + 2L * number : notBefore * SECOND;
            job.score = job.begins - headStart(job, entry.priority());
            number++;
            jobs.put(entry.id(), job);
        }
        return fresh.size();
    }

    /** The ids a claim must answer, in order. */
    List<String> claim(Set<String> kinds, long memory, int max) {
        List<String> claimed = new ArrayList<>();
        Map<String, List<Job>> queues = new LinkedHashMap<>();
        Map<String, Integer> passed = new HashMap<>();
        for (String name : LANES) {
            List<Job> queue = new ArrayList<>(waiting(name).stream()
                    .filter(job -> kinds.contains(job.entry.kind()))
                    .toList());
            if (lane(name).mode != LaneState.Mode.PAUSED) {
                queues.put(name, queue);
            }
        }
        long free = memory;
        while (claimed.size() < max) {
            queues.entrySet()
                    .removeIf(queue -> queue.getValue().isEmpty()
                            || taken(claimed, queue.getKey()) + active(queue.getKey()) >= lane(queue.getKey()).activeMax
                            || passed.getOrDefault(queue.getKey(), 0)
                                    >= rules.claims().lookAheadMax());
            if (queues.isEmpty()) {
                break;
            }
            Choice choice = choose(queues);
            Job job = queues.getOrDefault(choice.lane, new ArrayList<>()).removeFirst();
            if (job.entry.memoryBytes() > free) {
                passed.merge(choice.lane, 1, Integer::sum);
            } else {
                free -= job.entry.memoryBytes();
                claimed.add(job.entry.id());
                turn += choice.contended ? 1 : 0;
            }
        }
        return claimed;
    }

    private long taken(List<String> claimed, String lane) {
        return claimed.stream().filter(id -> job(id).lane.equals(lane)).count();
    }

    private record Choice(String lane, boolean contended) {}

    private Choice choose(Map<String, List<Job>> queues) {
        List<String> names = List.copyOf(queues.keySet());
        String first = names.stream()
                .filter(name -> head(queues, name).score
                        <= (now - rules.headStarts().retry().toSeconds()) * SECOND)
                .findFirst()
                .orElse(names.getFirst());
        List<String> lower = names.subList(names.indexOf(first) + 1, names.size());
        int turnEvery = rules.claims().lowerLaneEvery();
        if (turnEvery > 0 && !lower.isEmpty() && (turn + 1) % turnEvery == 0) {
            String oldest = lower.stream()
                    .min(Comparator.comparingLong(name -> head(queues, name).score))
                    .orElseThrow();
            return new Choice(oldest, true);
        }
        return new Choice(first, turnEvery > 0 && !lower.isEmpty());
    }

    private static Job head(Map<String, List<Job>> queues, String lane) {
        return queues.getOrDefault(lane, List.of()).getFirst();
    }

    void lease(Claim claim, String worker) {
        job(claim.id()).lease = new Lease(claim, worker, now);
        results.add("STARTED " + token(claim));
    }

    @Nullable
    Lease held(Claim claim) {
        Job job = jobs.get(claim.id());
        return job != null && job.lease != null && job.lease.claim.leaseId().equals(claim.leaseId()) ? job.lease : null;
    }

    Beat.Answer heartbeat(Beat beat) {
        Lease lease = held(beat.claim());
        if (lease == null || lease.renewUntil < now) {
            return Beat.Answer.LOST;
        }
        lease.deadline = Math.min(now + LEASE, lease.renewUntil);
        if (!beat.progress().isEmpty()) {
            lease.sequence = Math.max(lease.sequence, beat.sequence());
        }
        return lease.cancelled ? Beat.Answer.CANCEL_REQUESTED : Beat.Answer.KEPT;
    }

    boolean finish(Claim claim, Ending ending) {
        if (held(claim) == null) {
            return false;
        }
        over.put(claim.id(), claim.attempt());
        jobs.remove(claim.id());
        results.add("FINISHED " + token(claim) + " " + ending);
        return true;
    }

    boolean report(Claim claim) {
        return held(claim) != null && results.add("REPORT " + token(claim));
    }

    boolean giveBack(Claim claim) {
        Lease lease = held(claim);
        if (lease == null) {
            return false;
        }
        if (lease.cancelled) {
            return finish(claim, Ending.CANCELLED);
        }
        Job job = job(claim.id());
        List<Job> ahead = waiting(job.lane);
        job.lease = null;
        if (!ahead.isEmpty()) {
            job.score = Math.min(job.score, ahead.getFirst().score - 1);
        }
        results.add("RETURNED " + token(claim));
        return true;
    }

    CancelOutcome cancel(String id) {
        Job job = jobs.get(id);
        if (job == null) {
            return CancelOutcome.ABSENT;
        }
        if (job.lease != null) {
            job.lease.cancelled = true;
            return CancelOutcome.SIGNALLED;
        }
        jobs.remove(id);
        over.put(id, job.entry.attemptsSoFar() + 1);
        return CancelOutcome.REMOVED;
    }

    boolean forget(String id) {
        Integer wasLost = lost.remove(id);
        return jobs.remove(id) != null || wasLost != null;
    }

    boolean move(Move move) {
        Job job = jobs.get(move.id());
        if (job == null || job.lease != null) {
            return false;
        }
        job.lane = move.lane();
        job.score = job.begins - headStart(job, move.priority());
        return true;
    }

    int recover() {
        int count = 0;
        for (String lane : LANES) {
            List<Job> expired = jobs.values().stream()
                    .filter(job -> job.lane.equals(lane) && job.lease != null && job.lease.deadline <= now)
                    .sorted(Comparator.<Job>comparingLong(job -> job.lease == null ? 0 : job.lease.deadline)
                            .thenComparing(job -> job.entry.id()))
                    .toList();
            for (Job job : expired) {
                int times = lost.merge(job.entry.id(), 1, Integer::sum);
                Lease lease = job.lease;
                if (lease != null) {
                    results.add("LOST " + token(lease.claim) + " " + times);
                }
                jobs.remove(job.entry.id());
                count++;
            }
        }
        for (Job job : jobs.values()) {
            if (job.due != 0 && job.due <= now) {
                job.due = 0;
                count++;
            }
        }
        return count;
    }

    Job job(String id) {
        Job job = jobs.get(id);
        if (job == null) {
            throw new AssertionError("The model does not know " + id);
        }
        return job;
    }

    Lane lane(String name) {
        Lane lane = lanes.get(name);
        if (lane == null) {
            throw new AssertionError("The model does not know " + name);
        }
        return lane;
    }

    static String token(Claim claim) {
        return claim.id() + " " + claim.attempt() + " " + claim.leaseId();
    }
}
