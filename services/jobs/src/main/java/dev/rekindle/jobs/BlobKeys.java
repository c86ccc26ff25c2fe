package dev.rekindle.jobs;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Where blobs lie. Everything of a user lies below one prefix, which no user id can break out of. */
final class BlobKeys {
    /** All blobs of all users lie below. */
    static final String USERS = "users/";

    private BlobKeys() {}

    static String userPrefix(String userId) {
        return USERS + segment(userId) + "/";
    }

    static String photoPrefix(String userId, UUID photoId) {
        return userPrefix(userId) + "photos/" + photoId + "/";
    }

    static String original(String userId, UUID photoId) {
        return photoPrefix(userId, photoId) + "original";
    }

    /** Where the worker of a job puts what it makes. Preparation belongs to its photo, the rest to its job. */
    static String outputPrefix(String userId, UUID jobId) {
        return userPrefix(userId) + "jobs/" + jobId + "/";
    }

    /** What came of a batch. */
    static String manifest(String userId, UUID batchId) {
        return userPrefix(userId) + "batches/" + batchId + "/manifest.json";
    }

    /** One writing of an archive of all of a user's data. */
    static String export(String userId, UUID writingId) {
        return userPrefix(userId) + "exports/" + writingId + ".zip";
    }

    /** Letters, digits, '-' and '_' stay; every other byte becomes ~hh, so that "..", "/" and the like are harmless. */
    private static String segment(String userId) {
        StringBuilder text = new StringBuilder();
        for (byte part : userId.getBytes(StandardCharsets.UTF_8)) {
            char letter = (char) (part & 0xff);
            boolean plain = letter < 128 && (Character.isLetterOrDigit(letter) || letter == '-' || letter == '_');
            text.append(plain ? String.valueOf(letter) : "~%02x".formatted((int) letter));
        }
        return text.toString();
    }
}
