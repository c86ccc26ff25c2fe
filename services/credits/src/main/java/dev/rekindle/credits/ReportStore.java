package dev.rekindle.credits;

import static dev.rekindle.credits.tables.Tables.ACCOUNTS;
import static dev.rekindle.credits.tables.Tables.CHARGES;
import static dev.rekindle.credits.tables.Tables.COSTS;
import static dev.rekindle.credits.tables.Tables.PAYMENTS;
import static dev.rekindle.credits.tables.Tables.SUBSCRIPTIONS;

import dev.rekindle.credits.tables.tables.records.PaymentsRecord;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.TableField;
import org.jooq.impl.DSL;

/** The SQL of reports. Days are of UTC. */
final class ReportStore {

    /** Times from one on and before another. */
    record Span(Instant from, Instant end) {
        Condition holds(TableField<?, OffsetDateTime> time) {
            return time.ge(Times.utc(from)).and(time.lt(Times.utc(end)));
        }
    }

    /** Jobs paid for on a day, of one type and tier. */
    record Paid(LocalDate day, String jobType, String tier, long jobs, long credits) {}

    /** What a day cost, and how long its attempts ran in the mean; negative where nobody measured. */
    record Cost(long microUsd, double runMillisMean) {}

    private static Field<LocalDate> day(TableField<?, OffsetDateTime> time) {
        return DSL.field("({0} at time zone 'UTC')::date", LocalDate.class, time);
    }

    private static final Condition IS_PAID = CHARGES.STATE.ne(Charge.State.VOID.name());

    /** Each job counts once a day, however often it paid; credits count while they are held. */
    List<Paid> paid(DSLContext sql, Span span) {
        Field<LocalDate> day = day(CHARGES.CREATED_AT);
        Field<BigDecimal> held = DSL.coalesce(
                DSL.sum(CHARGES.CREDITS).filterWhere(CHARGES.STATE.eq(Charge.State.HELD.name())), BigDecimal.ZERO);
        return sql.select(day, CHARGES.JOB_TYPE, CHARGES.TIER, DSL.countDistinct(CHARGES.JOB_ID), held)
                .from(CHARGES)
                .where(IS_PAID.and(span.holds(CHARGES.CREATED_AT)))
                .groupBy(day, CHARGES.JOB_TYPE, CHARGES.TIER)
                .fetch(row -> new Paid(
                        row.value1(),
                        row.value2(),
                        row.value3(),
                        row.value4(),
                        row.value5().longValueExact()));
    }

    /** Users who paid for jobs, by day and tier. */
    Map<LocalDate, Map<String, Integer>> users(DSLContext sql, Span span) {
        Field<LocalDate> day = day(CHARGES.CREATED_AT);
        Map<LocalDate, Map<String, Integer>> users = new HashMap<>();
        sql.select(day, CHARGES.TIER, DSL.countDistinct(CHARGES.ACCOUNT_ID))
                .from(CHARGES)
                .where(IS_PAID.and(span.holds(CHARGES.CREATED_AT)))
                .groupBy(day, CHARGES.TIER)
                .forEach(row -> users.computeIfAbsent(row.value1(), any -> new HashMap<>())
                        .put(row.value2(), row.value3()));
        return users;
    }

    Map<LocalDate, Cost> costs(DSLContext sql, Span span) {
        Field<LocalDate> day = day(COSTS.INCURRED_AT);
        Map<LocalDate, Cost> costs = new HashMap<>();
        sql.select(day, DSL.sum(COSTS.COST_MICRO_USD), DSL.avg(COSTS.RUN_MILLIS))
                .from(COSTS)
                .where(span.holds(COSTS.INCURRED_AT))
                .groupBy(day)
                .forEach(row -> costs.put(
                        row.value1(),
                        new Cost(
                                row.value2().longValueExact(),
                                row.value3() == null ? -1 : row.value3().doubleValue())));
        return costs;
    }

    /** Accounts there were at a time, by the tier they have now. */
    Map<String, Integer> accountsByTier(DSLContext sql, Instant end) {
        return sql.select(ACCOUNTS.TIER, DSL.count())
                .from(ACCOUNTS)
                .where(ACCOUNTS.CREATED_AT.lt(Times.utc(end)))
                .groupBy(ACCOUNTS.TIER)
                .fetchMap(ACCOUNTS.TIER, DSL.count());
    }

    /** Subscriptions that gave their tier at some moment of a span. */
    List<StripeFact.Subscribed> subscribed(DSLContext sql, Span span) {
        return sql.selectFrom(SUBSCRIPTIONS)
                .where(SUBSCRIPTIONS.STARTED_AT.lt(Times.utc(span.end())))
                .and(SUBSCRIPTIONS.ENDED_AT.isNull().or(SUBSCRIPTIONS.ENDED_AT.gt(Times.utc(span.from()))))
                .and(SUBSCRIPTIONS.STATUS.in(StripeFact.GIVING).or(SUBSCRIPTIONS.STATUS.eq("canceled")))
                .fetch(SubscriptionStore::fact);
    }

    List<PaymentsRecord> payments(DSLContext sql, Span span) {
        return sql.selectFrom(PAYMENTS).where(span.holds(PAYMENTS.PAID_AT)).fetch();
    }

    /** Accounts that paid, or had a subscription, in a span. */
    Set<UUID> payingAccounts(DSLContext sql, Span span) {
        Set<UUID> paying = new HashSet<>(sql.select(PAYMENTS.ACCOUNT_ID)
                .from(PAYMENTS)
                .where(span.holds(PAYMENTS.PAID_AT).and(PAYMENTS.ACCOUNT_ID.isNotNull()))
                .fetchSet(PAYMENTS.ACCOUNT_ID));
        paying.addAll(sql.select(SUBSCRIPTIONS.ACCOUNT_ID)
                .from(SUBSCRIPTIONS)
                .where(SUBSCRIPTIONS.STARTED_AT.lt(Times.utc(span.end())))
                .and(SUBSCRIPTIONS.ENDED_AT.isNull().or(SUBSCRIPTIONS.ENDED_AT.gt(Times.utc(span.from()))))
                .and(SUBSCRIPTIONS.STATUS.in(StripeFact.GIVING).or(SUBSCRIPTIONS.STATUS.eq("canceled")))
                .fetchSet(SUBSCRIPTIONS.ACCOUNT_ID));
        return paying;
    }
}
