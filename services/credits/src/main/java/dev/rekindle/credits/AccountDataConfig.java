package dev.rekindle.credits;

import dev.rekindle.platform.config.Settings;
import java.time.Duration;

/**
 * How archives are made and users erased.
 *
 * @param interval time between two looks for what is ordered; between two steps of one that must wait for others, too
 * @param archiveMax longest time an archive may take
 */
record AccountDataConfig(Duration interval, Duration archiveMax) {

    /** Reads {@code account_data}. */
    static AccountDataConfig from(Settings settings) {
        Settings data = settings.under("account_data");
        return new AccountDataConfig(
                data.duration("interval", Duration.ofSeconds(1), Duration.ofMillis(10), Duration.ofMinutes(1)),
                data.duration("archive_max", Duration.ofMinutes(30), Duration.ofSeconds(1), Duration.ofHours(12)));
    }
}
