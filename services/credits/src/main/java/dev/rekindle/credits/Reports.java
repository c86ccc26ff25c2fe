package dev.rekindle.credits;

import com.google.protobuf.Duration;
import com.google.type.Date;
import dev.rekindle.credits.tables.tables.records.PaymentsRecord;
import dev.rekindle.credits.v1.BillingInterval;
import dev.rekindle.credits.v1.CostDay;
import dev.rekindle.credits.v1.GetBusinessMetricsResponse;
import dev.rekindle.credits.v1.JobTypeCount;
import dev.rekindle.credits.v1.TierCount;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.rpc.Failure;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The figures of the business, from the ledger's charges, the costs and the payments alone; exact to the micro-dollar. */
final class Reports {
    private static final int DAYS_MAX = 400;
    private static final int YEAR_MIN = 2000;
    private static final int YEAR_MAX = 9998;

    private final Database database;
    private final ReportStore store;
    private final AnalyticsConfig config;
    private final Clock clock;

    Reports(Database database, ReportStore store, AnalyticsConfig config, Clock clock) {
        this.database = database;
        this.store = store;
        this.config = config;
        this.clock = clock;
    }

    private static ReportStore.Span span(LocalDate first, LocalDate last) {
        return new ReportStore.Span(start(first), start(last.plusDays(1)));
    }

    private static Instant start(LocalDate day) {
        return day.atStartOfDay().toInstant(ZoneOffset.UTC);
    }

    static LocalDate day(String field, Date date) {
        if (date.getYear() < YEAR_MIN || date.getYear() > YEAR_MAX || !isDay(date)) {
            throw Failure.invalid(
                    field,
                    "is " + date.getYear() + "-" + date.getMonth() + "-" + date.getDay()
                            + "; expected a day of the years " + YEAR_MIN + " to " + YEAR_MAX + ".");
        }
        return LocalDate.of(date.getYear(), date.getMonth(), date.getDay());
    }

    private static boolean isDay(Date date) {
        return ChronoField.MONTH_OF_YEAR.range().isValidValue(date.getMonth())
                && date.getDay() >= 1
                && date.getDay()
                        <= YearMonth.of(date.getYear(), date.getMonth()).lengthOfMonth();
    }

    /**
     * A row for each day from the first to the last, days without anything too.
     *
     * @throws Failure INVALID_REQUEST if the last is before the first, or they are more than 400 days
     */
    List<CostDay> days(LocalDate first, LocalDate last) {
        long count = ChronoUnit.DAYS.between(first, last) + 1;
        if (count < 1 || count > DAYS_MAX) {
            throw Failure.invalid(
                    "to", "is " + last + "; expected from " + first + " on and at most " + DAYS_MAX + " days.");
        }
        ReportStore.Span span = span(first, last);
        return database.transact(sql -> {
            List<ReportStore.Paid> paid = store.paid(sql, span);
            Map<LocalDate, Map<String, Integer>> users = store.users(sql, span);
            Map<LocalDate, ReportStore.Cost> costs = store.costs(sql, span);
            List<CostDay> days = new ArrayList<>();
            for (LocalDate day = first; !day.isAfter(last); day = day.plusDays(1)) {
                LocalDate that = day;
                days.add(costDay(
                        that,
                        paid.stream().filter(part -> part.day().equals(that)).toList(),
                        users.getOrDefault(that, Map.of()),
                        costs.getOrDefault(that, new ReportStore.Cost(0, -1))));
            }
            return days;
        });
    }

    private CostDay costDay(
            LocalDate day, List<ReportStore.Paid> paid, Map<String, Integer> users, ReportStore.Cost cost) {
        long credits = paid.stream().mapToLong(ReportStore.Paid::credits).sum();
        long revenue = credits * config.creditMicroUsd();
        Map<String, Long> byType = new TreeMap<>();
        Map<String, Long> byTier = new TreeMap<>();
        for (ReportStore.Paid part : paid) {
            byType.merge(part.jobType(), part.jobs(), Long::sum);
            byTier.merge(part.tier(), part.jobs(), Long::sum);
        }
        CostDay.Builder row = CostDay.newBuilder()
                .setDate(Date.newBuilder()
                        .setYear(day.getYear())
                        .setMonth(day.getMonthValue())
                        .setDay(day.getDayOfMonth()))
                .setJobCount(paid.stream().mapToLong(ReportStore.Paid::jobs).sum())
                .setRevenueCredits(credits)
                .setCostMicroUsd(cost.microUsd())
                .setMargin(margin(revenue, cost.microUsd()));
        byType.forEach((type, jobs) -> row.addJobTypes(
                JobTypeCount.newBuilder().setJobType(EnumNames.jobType(type)).setJobCount(jobs)));
        byTier.forEach((tier, jobs) -> row.addTiers(TierCount.newBuilder()
                .setTier(EnumNames.tier(tier))
                .setJobCount(jobs)
                .setUserCount(users.getOrDefault(tier, 0))));
        if (cost.runMillisMean() >= 0) {
            long millis = Math.round(cost.runMillisMean());
            row.setRunTimeMean(Duration.newBuilder()
                    .setSeconds(millis / 1000)
                    .setNanos(Math.toIntExact(millis % 1000 * 1_000_000)));
        }
        return row.build();
    }

    /** The part of the revenue that stays; 0 where there was none. */
    private static double margin(long revenue, long cost) {
        return revenue == 0 ? 0 : (double) (revenue - cost) / revenue;
    }

    YearMonth thisMonth() {
        return YearMonth.from(clock.instant().atZone(ZoneOffset.UTC));
    }

    /** The figures of a month. Of the present one, as far as it has come. */
    GetBusinessMetricsResponse month(YearMonth month) {
        ReportStore.Span span = span(month.atDay(1), month.atEndOfMonth());
        return database.transact(sql -> {
            GetBusinessMetricsResponse.Builder metrics = GetBusinessMetricsResponse.newBuilder();
            Map<String, Integer> tiers = store.accountsByTier(sql, span.end());
            Catalogue.tiers()
                    .forEach(tier -> metrics.addTiers(TierCount.newBuilder()
                            .setTier(tier)
                            .setUserCount(tiers.getOrDefault(EnumNames.of(tier), 0))));
            long revenue = store.payments(sql, span).stream()
                    .mapToLong(Reports::keptMicroUsd)
                    .sum();
            long jobs = store.costs(sql, span).values().stream()
                    .mapToLong(ReportStore.Cost::microUsd)
                    .sum();
            long operating = jobs + config.fixedMonthlyCents() * Monies.MICRO_USD_A_CENT;
            int paying = store.payingAccounts(sql, span).size();
            Instant shown = clock.instant().isBefore(span.end()) ? clock.instant() : span.end();
            return metrics.setUserCount(
                            tiers.values().stream().mapToInt(Integer::intValue).sum())
                    .setRevenue(Monies.ofMicroUsd(revenue))
                    .setArpu(Monies.ofMicroUsd(paying == 0 ? 0 : rounded(revenue, paying)))
                    .setMrr(Monies.ofMicroUsd(mrr(store.subscribed(sql, span), shown)))
                    .setOperatingCost(Monies.ofMicroUsd(operating))
                    .setProfitMargin(margin(revenue, operating))
                    .build();
        });
    }

    /** What of a payment was not given back or lost to a dispute since. It counts for the month of the payment. */
    private static long keptMicroUsd(PaymentsRecord payment) {
        return (payment.getCents() - SettlePayment.lostCents(payment)) * Monies.MICRO_USD_A_CENT;
    }

    /** Of the subscriptions that run at a moment: a monthly price counts whole, an annual one a twelfth. */
    private static long mrr(List<StripeFact.Subscribed> all, Instant shown) {
        long twelfths = 0;
        for (StripeFact.Subscribed one : all) {
            Instant endedAt = one.endedAt();
            boolean runs = !one.startedAt().isAfter(shown) && (endedAt == null || !endedAt.isBefore(shown));
            if (runs) {
                twelfths += one.cents() * (one.term() == BillingInterval.BILLING_INTERVAL_YEAR ? 1 : 12);
            }
        }
        return rounded(twelfths * Monies.MICRO_USD_A_CENT, 12);
    }

    /** Half a micro-dollar is rounded up. */
    private static long rounded(long amount, long parts) {
        return Math.floorDiv(amount + parts / 2, parts);
    }
}
