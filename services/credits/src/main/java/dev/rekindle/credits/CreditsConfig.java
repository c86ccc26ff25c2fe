package dev.rekindle.credits;

import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.db.DatabaseConfig;
import dev.rekindle.platform.rpc.RpcServerConfig;
import java.time.Duration;

/**
 * Settings of the credits service.
 *
 * @param catalogue what there is to buy
 * @param jobs gRPC target of the jobs service
 * @param events gRPC target of the events service
 */
record CreditsConfig(
        DatabaseConfig database,
        RpcServerConfig rpc,
        Catalogue catalogue,
        Grants grants,
        ApiKeysConfig apiKeys,
        StripeConfig stripe,
        BudgetsConfig budgets,
        AnalyticsConfig analytics,
        AccountDataConfig accountData,
        String jobs,
        String events) {

    /**
     * How months are granted to accounts nobody looks at.
     *
     * @param interval time between two looks
     * @param accountsMax accounts a look takes on before the next
     */
    record Grants(Duration interval, int accountsMax) {}

    static CreditsConfig from(Settings settings) {
        Settings grants = settings.under("grants");
        Catalogue catalogue = Catalogue.from(settings);
        return new CreditsConfig(
                DatabaseConfig.from(settings, "credits"),
                RpcServerConfig.from(settings),
                catalogue,
                new Grants(
                        grants.duration("interval", Duration.ofHours(1), Duration.ofMillis(100), Duration.ofDays(1)),
                        grants.number("accounts_max", 500, 1, 10_000)),
                ApiKeysConfig.from(settings),
                StripeConfig.from(settings),
                BudgetsConfig.from(settings),
                AnalyticsConfig.from(settings, catalogue),
                AccountDataConfig.from(settings),
                settings.under("services").text("jobs"),
                settings.under("services").text("events"));
    }
}
