package dev.rekindle.bench.mesh;

import dev.rekindle.platform.blobs.Blobs;
import dev.rekindle.platform.blobs.BlobsConfig;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.rpc.Failure;
import java.io.IOException;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Invariants 4 and 5: every blob has a row, every row its blob, whole; and what a job has was made by the attempt that
 * ended it, under the lease it had.
 */
final class BlobsCheck extends Check {
    private final Sql sql;
    private final Ground ground;
    private int blobs;

    BlobsCheck(Sql sql, Ground ground) {
        super("5");
        this.sql = sql;
        this.ground = ground;
    }

    int blobs() {
        return blobs;
    }

    @Override
    void look() throws Exception {
        Map<String, String> owned = owned();
        Set<String> open = new HashSet<>(sql.texts("select blob_key from jobs.uploads where state = 'OPEN'"));
        try (Blobs store = open()) {
            Set<String> stored = new TreeSet<>();
            store.list("users/", blob -> stored.add(blob.key()));
            blobs = stored.size();
            for (String key : stored) {
                if (!owned.containsKey(key) && !open.contains(key)) {
                    violated(key, "is a blob that no row owns");
                }
            }
            for (Map.Entry<String, String> row : owned.entrySet()) {
                if (stored.contains(row.getKey())) {
                    checkContent(store, row.getKey(), row.getValue());
                } else {
                    violated(row.getKey(), "is the blob of a row and is not there");
                }
            }
        }
        checkAttempts();
    }

    private Map<String, String> owned() throws SQLException {
        Map<String, String> owned = new HashMap<>();
        sql.rows("""
                select blob_key, content_type from jobs.job_outputs
                union select blob_key, content_type from jobs.photo_variants
                union select original_key, '' from jobs.photos where original_deleted_at is null
                union select manifest_key, 'application/json' from jobs.batches where manifest_key <> ''""", row -> owned.put(row.getString(1), row.getString(2)));
        return owned;
    }

    private void checkContent(Blobs store, String key, String contentType) throws IOException {
        try (Blobs.Content content = store.get(key)) {
            byte[] bytes = content.bytes().readAllBytes();
            if (bytes.length != content.info().sizeBytes()) {
                violated(key, "has " + bytes.length + " of " + content.info().sizeBytes() + " bytes");
            } else if (contentType.startsWith("image/") && !Pictures.decodes(bytes, contentType)) {
                violated(key, "is no whole " + contentType);
            }
        } catch (Failure failure) {
            violated(key, "cannot be read: " + failure.getMessage());
        }
    }

    /** The folder of an output names its attempt and its lease. */
    private void checkAttempts() throws SQLException {
        sql.rows("""
                select o.blob_key, j.id, j.state, j.attempt, j.lease_id
                from jobs.job_outputs o join jobs.jobs j on j.id = o.job_id
                where j.state <> 'COMPLETED'
                    or position('/' || j.attempt || '-' || j.lease_id || '/' in o.blob_key) = 0""", row -> {
            violated(
                    "4",
                    row.getString("id"),
                    "is " + row.getString("state") + " by attempt " + row.getInt("attempt") + " under lease "
                            + row.getString("lease_id") + " and has the output "
                            + row.getString("blob_key"));
            return true;
        });
        sql.rows("""
                select a.job_id, a.attempt, a.lease_id from jobs.job_attempts a join jobs.jobs j on j.id = a.job_id
                where a.ended_at is null""", row -> {
            violated(
                    "4",
                    row.getString(1),
                    "has ended, and its attempt " + row.getInt(2) + " under lease " + row.getString(3) + " has not");
            return true;
        });
    }

    private Blobs open() {
        return Blobs.open(BlobsConfig.from(Settings.of(Map.of(
                "blobs.endpoint", "http://127.0.0.1:" + ground.s3Port(),
                "blobs.bucket", Ground.BUCKET,
                "blobs.access_key", Ground.S3_KEY,
                "blobs.secret_key", Ground.S3_SECRET))));
    }
}
