package dev.rekindle.credits;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Tier;
import dev.rekindle.credits.v1.BillingInterval;
import dev.rekindle.credits.v1.LedgerEntryType;
import java.util.Locale;

/** Enums of the contract as the database has them: by name, without the prefix. */
final class EnumNames {
    private static final String TIER = "TIER_";
    private static final String JOB_TYPE = "JOB_TYPE_";
    private static final String ENTRY_TYPE = "LEDGER_ENTRY_TYPE_";
    private static final String TERM = "BILLING_INTERVAL_";

    private EnumNames() {}

    static String of(Tier tier) {
        return tier.name().substring(TIER.length());
    }

    static Tier tier(String name) {
        return Tier.valueOf(TIER + name);
    }

    static String of(JobType type) {
        return type.name().substring(JOB_TYPE.length());
    }

    static JobType jobType(String name) {
        return JobType.valueOf(JOB_TYPE + name);
    }

    static String of(LedgerEntryType type) {
        return type.name().substring(ENTRY_TYPE.length());
    }

    static LedgerEntryType entryType(String name) {
        return LedgerEntryType.valueOf(ENTRY_TYPE + name);
    }

    static String of(BillingInterval term) {
        return term.name().substring(TERM.length());
    }

    static BillingInterval term(String name) {
        return BillingInterval.valueOf(TERM + name);
    }

    /** A name for people: {@code Restoration}, {@code Remember}. */
    static String title(String name) {
        return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
    }
}
