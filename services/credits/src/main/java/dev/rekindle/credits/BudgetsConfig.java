package dev.rekindle.credits;

import dev.rekindle.platform.config.Settings;
import java.time.Duration;

/**
 * What may be spent a day unless an operator says otherwise.
 *
 * @param alertShare share of a limit at which operators are told
 * @param freshness how old the state may be that a job is let in by
 */
record BudgetsConfig(long freeMicroUsd, long paidMicroUsd, double alertShare, Duration freshness) {
    private static final long LIMIT_MAX = 1_000_000_000_000L;

    /** Reads {@code budgets}. */
    static BudgetsConfig from(Settings settings) {
        Settings budgets = settings.under("budgets");
        return new BudgetsConfig(
                budgets.number("free_micro_usd", 50_000_000L, 0, LIMIT_MAX),
                budgets.number("paid_micro_usd", 500_000_000L, 0, LIMIT_MAX),
                budgets.fraction("alert_share", 0.8, 0.01, 1),
                budgets.duration("freshness", Duration.ofSeconds(1), Duration.ZERO, Duration.ofMinutes(1)));
    }
}
