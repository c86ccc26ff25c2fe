package dev.rekindle.credits;

/** An account as its user sees it. */
final class AccountView {
    private AccountView() {}

    static dev.rekindle.credits.v1.Account of(Account account, Catalogue catalogue) {
        Catalogue.Plan plan = catalogue.plan(account.tier());
        return dev.rekindle.credits.v1.Account.newBuilder()
                .setUserId(account.userId())
                .setTier(account.tier())
                .setBalance(account.balance())
                .setLimits(plan.limits())
                .addAllPrices(catalogue.priceList())
                .setMonthlyGrant(plan.monthlyCredits())
                .setNextGrantTime(Times.message(account.grants().next()))
                .setCreateTime(Times.message(account.createdAt()))
                .setDebt(account.standing().debt())
                .build();
    }
}
