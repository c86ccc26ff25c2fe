package dev.rekindle.credits;

import com.google.type.Money;

/** Amounts of money: cents at Stripe, millionths of a dollar for costs, {@link Money} in the contract. */
final class Monies {
    static final long MICRO_USD_A_CENT = 10_000;
    private static final String CURRENCY = "USD";
    private static final long MICRO_USD_A_DOLLAR = 1_000_000;
    private static final int NANOS_A_MICRO_USD = 1_000;

    private Monies() {}

    /** Units and nanos have the same sign, as the type wants. */
    static Money ofMicroUsd(long microUsd) {
        return Money.newBuilder()
                .setCurrencyCode(CURRENCY)
                .setUnits(microUsd / MICRO_USD_A_DOLLAR)
                .setNanos(Math.toIntExact(microUsd % MICRO_USD_A_DOLLAR * NANOS_A_MICRO_USD))
                .build();
    }
}
