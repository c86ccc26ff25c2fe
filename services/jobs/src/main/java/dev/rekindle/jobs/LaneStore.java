package dev.rekindle.jobs;

import static dev.rekindle.jobs.tables.Tables.LANE_ORDERS;

import dev.rekindle.jobs.tables.tables.records.LaneOrdersRecord;
import java.util.Map;
import org.jooq.DSLContext;

/** The SQL of what operators decided about lanes. */
final class LaneStore {

    /** The orders about a lane, made where there are none, locked so that operators wait for each other. */
    LaneOrdersRecord lock(DSLContext sql, String lane) {
        sql.insertInto(LANE_ORDERS, LANE_ORDERS.LANE, LANE_ORDERS.MODE)
                .values(lane, "RUNNING")
                .onConflictDoNothing()
                .execute();
        return sql.selectFrom(LANE_ORDERS)
                .where(LANE_ORDERS.LANE.eq(lane))
                .forUpdate()
                .fetchSingle();
    }

    void update(DSLContext sql, LaneOrdersRecord order) {
        sql.executeUpdate(order);
    }

    Map<String, LaneOrdersRecord> all(DSLContext sql) {
        return sql.selectFrom(LANE_ORDERS).fetchMap(LANE_ORDERS.LANE);
    }
}
