package dev.rekindle.credits;

import com.google.type.Money;
import dev.rekindle.credits.v1.BillingServiceGrpc;
import dev.rekindle.credits.v1.ListPlansRequest;
import dev.rekindle.credits.v1.ListPlansResponse;
import dev.rekindle.credits.v1.Plan;
import dev.rekindle.credits.v1.TopUp;
import dev.rekindle.platform.rpc.RpcService;

/** Plans and top-ups as they are sold, for everybody to see. */
final class PlansService {
    private final Catalogue catalogue;
    private final boolean testMode;

    /** @param testMode whether no money moves */
    PlansService(Catalogue catalogue, boolean testMode) {
        this.catalogue = catalogue;
        this.testMode = testMode;
    }

    void bindTo(RpcService.Builder service) {
        service.unary(BillingServiceGrpc.getListPlansMethod(), this::listPlans);
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
        return Monies.ofMicroUsd(cents * Monies.MICRO_USD_A_CENT);
    }
}
