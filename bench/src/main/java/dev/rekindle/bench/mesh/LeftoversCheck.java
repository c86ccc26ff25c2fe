package dev.rekindle.bench.mesh;

import dev.rekindle.platform.redis.Redis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import java.util.stream.Stream;

/** Beside the invariants: nothing of ended work is left in the queue or on disks, and dead letters are of dead jobs. */
final class LeftoversCheck extends Check {
    private final Sql sql;
    private final World world;

    LeftoversCheck(Sql sql, World world) {
        super("leftovers");
        this.sql = sql;
        this.world = world;
    }

    @Override
    void look() throws Exception {
        checkQueue();
        checkFolders();
        checkDeadLetters();
        checkPhotos();
    }

    private void checkQueue() {
        try (Redis redis = world.ground().openRedis()) {
            for (String key : redis.sync().keys("{q*}:*")) {
                String name = key.substring(key.indexOf(':') + 1);
                if (name.matches("jobs|leases|progress")) {
                    redis.sync().hkeys(key).forEach(id -> violated(id, "has ended and is in the queue's " + key));
                } else if (name.matches("(wait|delayed|leased):.*")) {
                    redis.sync()
                            .zrange(key, 0, -1)
                            .forEach(id -> violated(Redis.text(id), "has ended and stands in " + key));
                } else if (name.startsWith("lost:") && redis.sync().pttl(key) < 0) {
                    violated(key, "counts losses of a job that has ended, for ever");
                }
            }
        }
    }

    /** Attempts have ended: no worker has a folder with anything but its lock. */
    private void checkFolders() throws IOException {
        if (!Files.exists(world.workFolder())) {
            return;
        }
        try (Stream<Path> files = Files.walk(world.workFolder())) {
            files.filter(file -> file.getFileName().toString().startsWith("attempt-"))
                    .forEach(file -> violated(file.toString(), "is left of an attempt"));
        }
    }

    private void checkDeadLetters() throws SQLException {
        sql.rows("""
                select coalesce(j.id, d.job_id) as id, j.state, d.state as letter from jobs.jobs j
                full join jobs.dead_letters d on d.job_id = j.id
                where coalesce(j.state = 'FAILED', false) <> coalesce(d.state in ('OPEN', 'DISCARDED'), false)""", row -> {
            violated(
                    "dead letters",
                    row.getString("id"),
                    "is " + row.getString("state") + " and its dead letter is " + row.getString("letter"));
            return true;
        });
    }

    private void checkPhotos() throws SQLException {
        sql.rows("select id from jobs.photos where state = 'PREPARING'", row -> {
            violated(row.getString(1), "is a photo whose preparation has ended and that waits for it");
            return true;
        });
        Map<String, String> stuck = new java.util.HashMap<>();
        sql.rows(
                """
                select b.id, b.job_count, count(j.id) as jobs from jobs.batches b left join jobs.jobs j on j.batch_id = b.id
                group by b.id having count(j.id) <> b.job_count""",
                row -> stuck.put(
                        row.getString(1), row.getInt(2) + " jobs were made and " + row.getInt(3) + " are there"));
        stuck.forEach((id, message) -> violated("1", id, message));
    }
}
