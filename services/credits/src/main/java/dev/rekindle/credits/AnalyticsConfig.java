package dev.rekindle.credits;

import dev.rekindle.platform.config.Settings;

/**
 * What reports reckon with.
 *
 * @param creditMicroUsd what a credit is worth, for the margin of a day: the cheapest anybody pays for one by itself,
 *     unless set
 * @param fixedMonthlyCents what running costs a month beside the jobs: machines, people
 */
record AnalyticsConfig(long creditMicroUsd, long fixedMonthlyCents) {

    /** Reads {@code analytics}. */
    static AnalyticsConfig from(Settings settings, Catalogue catalogue) {
        Settings analytics = settings.under("analytics");
        long cheapest = catalogue.topUps().stream()
                .mapToLong(topUp -> topUp.cents() * Monies.MICRO_USD_A_CENT / Math.max(1, topUp.credits()))
                .min()
                .orElse(0);
        return new AnalyticsConfig(
                analytics.number("credit_micro_usd", cheapest, 0, 1_000_000_000L),
                analytics.number("fixed_monthly_cents", 0, 0, 1_000_000_000L));
    }
}
