package dev.rekindle.bench.mesh;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Waits after a storm until nothing is open any more: no job, no batch, no debt, no half-made charge. */
final class Calm {
    private static final long LOOK_MILLIS = 250;

    private final World world;

    Calm(World world) {
        this.world = world;
    }

    /** Waits until every process is ready. */
    List<String> awaitReady(Duration max) throws InterruptedException {
        long end = System.nanoTime() + max.toNanos();
        List<String> unready = world.unready();
        while (!unready.isEmpty() && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            unready = world.unready();
        }
        return unready;
    }

    /** Answers what is still open after that time; nothing, if all came to its end. */
    List<String> await(Duration max) throws InterruptedException {
        long end = System.nanoTime() + max.toNanos();
        List<String> open = open();
        while (!open.isEmpty() && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            open = open();
        }
        return open;
    }

    private List<String> open() throws InterruptedException {
        List<String> open = new ArrayList<>();
        world.unready().forEach(name -> open.add(name + " is not ready"));
        try (Sql sql = new Sql(world.ground())) {
            open.addAll(sql.rows(
                    """
                            select id, type, state, attempt, attempts_max, lost_count, charged_at, cancel_requested_at,
                                retry_at, lane, worker_id
                            from jobs.jobs where state not in ('COMPLETED', 'FAILED', 'CANCELLED') limit 20""",
                    row -> "job " + row.getString("id") + " (" + row.getString("type") + ", attempt "
                            + row.getInt("attempt") + ", lost " + row.getInt("lost_count") + ", charged "
                            + row.getString("charged_at") + ", cancel asked "
                            + row.getString("cancel_requested_at") + ", retry at " + row.getString("retry_at")
                            + ", " + row.getString("worker_id") + ") is " + row.getString("state")));
            open.addAll(sql.rows(
                    "select id from jobs.jobs where state = 'FAILED' and credit_cost > 0 and refunded_charge < charge",
                    row -> "job " + row.getString("id") + " is half retried"));
            open.addAll(sql.rows(
                    "select id from jobs.batches where ended_at is null limit 20",
                    row -> "batch " + row.getString("id") + " has not ended"));
            for (String schema : List.of("jobs", "credits")) {
                open.addAll(sql.rows(
                        "select topic, dedup_key, attempts, last_error from " + schema + ".outbox order by id limit 20",
                        row -> schema + " owes " + row.getString("topic") + " " + row.getString("dedup_key")
                                + ", tried " + row.getInt("attempts") + " times: " + row.getString("last_error")));
            }
        } catch (SQLException | IOException e) {
            open.add("the database does not answer: " + e.getMessage());
        }
        return open;
    }
}
