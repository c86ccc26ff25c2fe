package dev.rekindle.bench.mesh;

import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What customers asked for and what they were told: the outside's own memory of the run. */
final class Diary {
    private final Map<String, String> ownerOfJob = new ConcurrentHashMap<>();
    private final Map<String, String> ownerOfPhoto = new ConcurrentHashMap<>();
    private final Set<String> deletedPhotos = ConcurrentHashMap.newKeySet();
    private final Map<String, Set<String>> answersByKey = new ConcurrentHashMap<>();
    private final Map<String, NavigableMap<Long, JobState>> sightings = new ConcurrentHashMap<>();
    private final Set<String> retried = ConcurrentHashMap.newKeySet();
    private final Map<String, Integer> counts = new ConcurrentHashMap<>();
    private final Queue<Violation> violations = new ConcurrentLinkedQueue<>();

    /** A job was accepted: from now on it may not be lost. */
    void accepted(String user, String key, Job job) {
        accepted(user, key, job.getId());
        saw(user, job);
    }

    /** The same of a job of a batch, of which only the id was told. */
    void accepted(String user, String key, String jobId) {
        ownerOfJob.put(jobId, user);
        answered(user, key, jobId);
    }

    /** A call with an idempotency key was answered with this id. */
    void answered(String user, String key, String id) {
        answersByKey
                .computeIfAbsent(user + "/" + key, ignored -> ConcurrentHashMap.newKeySet())
                .add(id);
    }

    void uploaded(String user, String photoId) {
        ownerOfPhoto.put(photoId, user);
    }

    /** Its owner wants it gone: answered or not, it may be. */
    void deletes(String photoId) {
        deletedPhotos.add(photoId);
    }

    /** Its owner wants a failed job run again: answered or not, it may be. */
    void retries(String jobId) {
        retried.add(jobId);
    }

    /** A job was shown to somebody. */
    void saw(String user, Job job) {
        if (!job.getUserId().equals(user)) {
            violated("6", job.getId(), "is of " + job.getUserId() + " and was shown to " + user);
        }
        NavigableMap<Long, JobState> seen = sightings.computeIfAbsent(job.getId(), ignored -> new TreeMap<>());
        synchronized (seen) {
            JobState before = seen.put(job.getRevision(), job.getState());
            if (before != null && before != job.getState()) {
                violated(
                        "3",
                        job.getId(),
                        "revision " + job.getRevision() + " was " + before + " and is " + job.getState());
            }
        }
    }

    void count(String what) {
        counts.merge(what, 1, Integer::sum);
    }

    void violated(String invariant, String subject, String message) {
        violations.add(new Violation(invariant, subject, message));
    }

    /** Accepted jobs with their owners. */
    Map<String, String> jobs() {
        return Map.copyOf(ownerOfJob);
    }

    Map<String, String> photos() {
        return Map.copyOf(ownerOfPhoto);
    }

    boolean mayBeDeleted(String photoId) {
        return deletedPhotos.contains(photoId);
    }

    boolean wasRetried(String jobId) {
        return retried.contains(jobId);
    }

    /** Ids that calls with the same key were answered with. */
    Map<String, Set<String>> answersByKey() {
        return Map.copyOf(answersByKey);
    }

    /** What was seen of each job, by revision. */
    Map<String, NavigableMap<Long, JobState>> sightings() {
        return Map.copyOf(sightings);
    }

    Map<String, Integer> counts() {
        return new TreeMap<>(counts);
    }

    List<Violation> violations() {
        return new ArrayList<>(violations);
    }
}
