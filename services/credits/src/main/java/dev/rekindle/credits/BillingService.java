package dev.rekindle.credits;

import com.google.type.Money;
import dev.rekindle.credits.v1.BillingServiceGrpc;
import dev.rekindle.credits.v1.ListPlansRequest;
import dev.rekindle.credits.v1.ListPlansResponse;
import dev.rekindle.credits.v1.Plan;
import dev.rekindle.credits.v1.TopUp;
import dev.rekindle.platform.rpc.RpcService;
import io.grpc.ServerServiceDefinition;

/** Plans and top-ups as they are sold. */
final class BillingService {
    private static final String CURRENCY = "USD";
    private static final int NANOS_A_CENT = 10_000_000;

    private final Catalogue catalogue;
    private final boolean testMode;

    /** @param testMode whether no money moves */
    BillingService(Catalogue catalogue, boolean testMode) {
        this.catalogue = catalogue;
        this.testMode = testMode;
    }

    ServerServiceDefinition definition() {
        return RpcService.of(BillingServiceGrpc.getServiceDescriptor())
                .unary(BillingServiceGrpc.getListPlansMethod(), this::listPlans)
                .build();
    }

    private ListPlansResponse listPlans(ListPlansRequest request) {
        ListPlansResponse.Builder response = ListPlansResponse.newBuilder().setTestMode(testMode);
        catalogue
                .planList()
                .forEach(plan -> response.addPlans(Plan.newBuilder()
                        .setTier(plan.tier())
                        .setTitle(EnumNames.title(EnumNames.of(plan.tier())))
                        .setMonthlyCredits(plan.monthlyCredits())
                        .setMonthlyPrice(money(plan.monthlyCents()))
                        .setAnnualPrice(money(plan.annualCents()))
                        .setLimits(plan.limits())));
        catalogue
                .topUps()
                .forEach(topUp -> response.addTopUps(TopUp.newBuilder()
                        .setId(topUp.id())
                        .setCredits(topUp.credits())
                        .setPrice(money(topUp.cents()))));
        return response.build();
    }

    private static Money money(int cents) {
        return Money.newBuilder()
                .setCurrencyCode(CURRENCY)
                .setUnits(cents / 100)
                .setNanos(cents % 100 * NANOS_A_CENT)
                .build();
    }
}
