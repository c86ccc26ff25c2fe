package dev.rekindle.credits;

import dev.rekindle.events.v1.EventsServiceGrpc;
import dev.rekindle.events.v1.UserDataServiceGrpc;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.db.DatabaseConfig;
import dev.rekindle.platform.rpc.RpcServerConfig;
import dev.rekindle.platform.rpc.RpcTarget;
import java.time.Duration;
import java.util.List;

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
        RpcTarget jobs,
        RpcTarget events) {

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
                RpcTarget.from(
                        settings, "jobs", List.of(dev.rekindle.jobs.v1.UserDataServiceGrpc.getServiceDescriptor())),
                RpcTarget.from(
                        settings,
                        "events",
                        List.of(EventsServiceGrpc.getServiceDescriptor(), UserDataServiceGrpc.getServiceDescriptor())));
    }
}
