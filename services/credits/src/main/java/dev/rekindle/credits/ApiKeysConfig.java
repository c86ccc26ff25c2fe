package dev.rekindle.credits;

import dev.rekindle.common.v1.Tier;
import dev.rekindle.platform.config.Settings;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * How many API keys there may be and what they may do.
 *
 * @param activeMax keys of one user that are good at once
 * @param lifeMax longest life of a key that expires
 * @param callsPerMinute the rate class of each tier
 */
record ApiKeysConfig(int activeMax, Duration lifeMax, Map<Tier, Integer> callsPerMinute) {

    ApiKeysConfig {
        callsPerMinute = Map.copyOf(callsPerMinute);
    }

    /** Reads {@code api_keys}. */
    static ApiKeysConfig from(Settings settings) {
        Settings keys = settings.under("api_keys");
        Settings rates = keys.under("calls_per_minute");
        Map<Tier, Integer> callsPerMinute = new EnumMap<>(Tier.class);
        for (Tier tier : Catalogue.tiers()) {
            String name = EnumNames.of(tier).toLowerCase(Locale.ROOT);
            callsPerMinute.put(tier, rates.number(name, usualRate(tier), 1, 1_000_000));
        }
        return new ApiKeysConfig(
                keys.number("active_max", 20, 1, 1000),
                keys.duration("life_max", Duration.ofDays(3650), Duration.ofHours(1), Duration.ofDays(36_500)),
                callsPerMinute);
    }

    int callsPerMinute(Tier tier) {
        Integer calls = callsPerMinute.get(tier);
        if (calls == null) {
            throw new IllegalArgumentException(tier + " has no rate");
        }
        return calls;
    }

    private static int usualRate(Tier tier) {
        return switch (tier) {
            case TIER_FREE, TIER_UNSPECIFIED, UNRECOGNIZED -> 60;
            case TIER_REMEMBER -> 120;
            case TIER_CHERISH -> 300;
            case TIER_FOREVER -> 600;
        };
    }
}
