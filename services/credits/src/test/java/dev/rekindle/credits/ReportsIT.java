package dev.rekindle.credits;

import static dev.rekindle.credits.CreditsRoom.reasonOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.Duration;
import com.google.type.Money;
import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.Tier;
import dev.rekindle.credits.v1.BillingInterval;
import dev.rekindle.credits.v1.CostDay;
import dev.rekindle.credits.v1.GetBusinessMetricsResponse;
import dev.rekindle.credits.v1.TierCount;
import dev.rekindle.platform.config.Settings;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A small month of business, reckoned by hand. */
@Tag("CR-08")
@Tag("CR-07")
class ReportsIT {
    private static final LocalDate JAN_31 = LocalDate.of(2026, 1, 31);

    private final StripeRoom shop = new StripeRoom();
    private final Reports reports = reports(Map.of("analytics.fixed_monthly_cents", "1000"));
    private int jobs;

    private Reports reports(Map<String, String> settings) {
        AnalyticsConfig config = AnalyticsConfig.from(Settings.of(settings), shop.room.catalogue);
        return new Reports(shop.room.database, new ReportStore(), config, shop.room.clock);
    }

    @AfterEach
    void close() {
        assertThat(shop.room.audit().getFindingsList()).isEmpty();
        shop.close();
    }

    private void turnTo(String time) {
        Instant now = shop.room.clock.instant();
        shop.room.clock.advance(java.time.Duration.between(now, Instant.parse(time)));
    }

    private UUID pay(String userId, JobType type) {
        UUID job = new UUID(9, ++jobs);
        shop.room.deduct(userId, job, 1, type);
        return job;
    }

    private void cost(String userId, UUID job, int attempt, long microUsd, long runMillis) {
        Account account = shop.account(userId);
        shop.room.recordCost.run(new CostStore.Cost(
                job,
                attempt,
                account.id(),
                "runpod",
                JobType.JOB_TYPE_RESTORATION,
                account.tier(),
                microUsd,
                shop.room.clock.instant(),
                runMillis));
    }

    private static Money usd(long units, int cents) {
        return Money.newBuilder()
                .setCurrencyCode("USD")
                .setUnits(units)
                .setNanos(cents * 10_000_000)
                .build();
    }

    /**
     * 31 January: anna (free) pays for a restoration (2) and berta (cherish) for a combined job (4) and a colourization (3)
     * that is given back; costs are $0.02 + $0.031 for two attempts of anna's and $0.05 for berta's. 1 February, at
     * midnight exactly: clara (free) pays for a restoration; it cost $1.
     */
    @Test
    void each_day_has_its_jobs_credits_costs_and_margin() {
        shop.paySubscription("berta", Tier.TIER_CHERISH);
        shop.deliver();
        UUID annas = pay("anna", JobType.JOB_TYPE_RESTORATION);
        UUID bertas = pay("berta", JobType.JOB_TYPE_COMBINED);
        UUID failed = pay("berta", JobType.JOB_TYPE_COLOURIZATION);
        shop.room.refund("berta", failed, 1);
        cost("anna", annas, 1, 20_000, 1_000);
        cost("anna", annas, 2, 31_000, 2_000);
        cost("berta", bertas, 1, 50_000, 6_000);
        turnTo("2026-02-01T00:00:00Z");
        cost("clara", pay("clara", JobType.JOB_TYPE_RESTORATION), 1, 1_000_000, 500);

        List<CostDay> days = reports.days(JAN_31.minusDays(1), JAN_31.plusDays(1));
        assertThat(days)
                .extracting(CostDay::getJobCount, CostDay::getRevenueCredits, CostDay::getCostMicroUsd)
                .containsExactly(
                        Tuple.tuple(0L, 0L, 0L), Tuple.tuple(3L, 6L, 101_000L), Tuple.tuple(1L, 2L, 1_000_000L));
        CostDay day = days.get(1);
        // Six credits at $0.3999 are $2.3994, of which $0.101 was spent.
        assertThat(day.getMargin()).isCloseTo((2_399_400.0 - 101_000) / 2_399_400, within(1e-12));
        assertThat(days.get(2).getMargin()).isCloseTo((799_800.0 - 1_000_000) / 799_800, within(1e-12));
        assertThat(day.getRunTimeMean())
                .isEqualTo(Duration.newBuilder().setSeconds(3).build());
        assertThat(days.getFirst().hasRunTimeMean()).isFalse();
        assertThat(day.getJobTypesList())
                .extracting(count -> count.getJobType() + " " + count.getJobCount())
                .containsExactlyInAnyOrder("JOB_TYPE_COLOURIZATION 1", "JOB_TYPE_COMBINED 1", "JOB_TYPE_RESTORATION 1");
        assertThat(day.getTiersList())
                .extracting(TierCount::getTier, TierCount::getJobCount, TierCount::getUserCount)
                .containsExactlyInAnyOrder(Tuple.tuple(Tier.TIER_CHERISH, 2L, 1L), Tuple.tuple(Tier.TIER_FREE, 1L, 1L));
    }

    @Test
    void a_report_is_of_one_to_four_hundred_days() {
        assertThat(reports.days(JAN_31, JAN_31.plusDays(399))).hasSize(400);
        assertThat(reasonOf(() -> reports.days(JAN_31, JAN_31.plusDays(400)))).isEqualTo(Reason.REASON_INVALID_REQUEST);
        assertThat(reasonOf(() -> reports.days(JAN_31, JAN_31.minusDays(1)))).isEqualTo(Reason.REASON_INVALID_REQUEST);
    }

    /**
     * January: anna buys 10 credits ($4.99) and gets them refunded by $2.00; berta begins Remember monthly ($7.99), clara
     * Forever annually ($299.90, $24.99 1/6 a month); dora is free; costs are $3. Revenue 2.99 + 7.99 + 299.90 = 310.88,
     * three users pay; operating cost 3.00 + 10.00.
     */
    @Test
    void a_month_has_its_users_revenue_and_costs_to_the_cent() {
        turnTo("2026-01-31T11:00:00Z");
        String payment = shop.payTopUp("anna", "top_up_10");
        shop.stripe.refund(payment, 200);
        shop.paySubscription("berta", Tier.TIER_REMEMBER);
        shop.paySubscription("clara", Tier.TIER_FOREVER, BillingInterval.BILLING_INTERVAL_YEAR);
        shop.deliver();
        cost("dora", new UUID(8, 8), 1, 3_000_000, 10);
        turnTo("2026-02-10T00:00:00Z");
        shop.payTopUp("dora", "top_up_100");
        shop.deliver();

        GetBusinessMetricsResponse january = reports.month(YearMonth.of(2026, 1));
        assertThat(january.getUserCount()).isEqualTo(4);
        assertThat(january.getTiersList()).extracting(TierCount::getUserCount).containsExactly(2L, 1L, 0L, 1L);
        assertThat(january.getRevenue()).isEqualTo(usd(310, 88));
        assertThat(january.getMrr())
                .isEqualTo(Money.newBuilder()
                        .setCurrencyCode("USD")
                        .setUnits(32)
                        .setNanos(981_667_000)
                        .build());
        assertThat(january.getArpu())
                .isEqualTo(Money.newBuilder()
                        .setCurrencyCode("USD")
                        .setUnits(103)
                        .setNanos(626_667_000)
                        .build());
        assertThat(january.getOperatingCost()).isEqualTo(usd(13, 0));
        assertThat(january.getProfitMargin()).isCloseTo((310.88 - 13) / 310.88, within(1e-12));

        GetBusinessMetricsResponse february = reports.month(reports.thisMonth());
        assertThat(february.getRevenue()).isEqualTo(usd(39, 99));
        assertThat(february.getMrr()).isEqualTo(january.getMrr());
        assertThat(reports.month(YearMonth.of(2025, 12)).getUserCount()).isZero();
        assertThat(reports.month(YearMonth.of(2025, 12)).getMrr()).isEqualTo(usd(0, 0));
    }
}
