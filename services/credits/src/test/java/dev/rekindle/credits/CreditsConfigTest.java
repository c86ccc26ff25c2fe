package dev.rekindle.credits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Resolution;
import dev.rekindle.common.v1.Tier;
import dev.rekindle.common.v1.TierLimits;
import dev.rekindle.platform.config.BadSettings;
import dev.rekindle.platform.config.Settings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("CR-01")
@Tag("CR-02")
@Tag("CR-03")
@Tag("CR-06")
class CreditsConfigTest {
    private static final Map<String, String> NEEDED = Map.of(
            "database.url",
            "jdbc:postgresql://127.0.0.1/rekindle",
            "services.jobs",
            "dns:///jobs:7001",
            "services.events",
            "dns:///events:7004");

    private static CreditsConfig read(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(NEEDED);
        all.putAll(more);
        Settings settings = Settings.of(all);
        CreditsConfig config = CreditsConfig.from(settings);
        settings.check();
        return config;
    }

    private static String problem(String key, String value) {
        BadSettings bad = catchThrowableOfType(BadSettings.class, () -> read(Map.of(key, value)));
        assertThat(bad).as(key + "=" + value).isNotNull();
        return String.valueOf(bad.getMessage());
    }

    @Test
    void prices_are_those_of_the_requirements() {
        Catalogue catalogue = read(Map.of()).catalogue();
        assertThat(catalogue.price(JobType.JOB_TYPE_RESTORATION)).isEqualTo(2);
        assertThat(catalogue.price(JobType.JOB_TYPE_COLOURIZATION)).isEqualTo(3);
        assertThat(catalogue.price(JobType.JOB_TYPE_COMBINED)).isEqualTo(4);
        assertThat(catalogue.price(JobType.JOB_TYPE_ANIMATION)).isEqualTo(8);
        assertThat(catalogue.price(JobType.JOB_TYPE_COMPOSITION)).isEqualTo(6);
        assertThat(catalogue.price(JobType.JOB_TYPE_IMAGE)).isEqualTo(1);
        assertThat(catalogue.price(JobType.JOB_TYPE_VIDEO)).isEqualTo(5);
        assertThat(catalogue.price(JobType.JOB_TYPE_PREPARATION)).isZero();
        assertThat(catalogue.priceList()).hasSize(8);
    }

    @Test
    void tiers_are_those_of_the_requirements() {
        Catalogue catalogue = read(Map.of()).catalogue();
        assertThat(catalogue.planList())
                .extracting(Catalogue.Plan::tier)
                .containsExactly(Tier.TIER_FREE, Tier.TIER_REMEMBER, Tier.TIER_CHERISH, Tier.TIER_FOREVER);
        assertThat(catalogue.planList())
                .extracting(Catalogue.Plan::monthlyCredits)
                .containsExactly(3, 25, 60, 150);
        TierLimits free = catalogue.plan(Tier.TIER_FREE).limits();
        assertThat(free.getResolutionMax()).isEqualTo(Resolution.RESOLUTION_480P);
        assertThat(free.getWatermark()).isTrue();
        for (Catalogue.Plan paid : catalogue.planList().subList(1, 4)) {
            assertThat(paid.limits().getResolutionMax()).isEqualTo(Resolution.RESOLUTION_720P);
            assertThat(paid.limits().getWatermark()).isFalse();
            assertThat(paid.limits().getOpenJobsMax()).isGreaterThan(free.getOpenJobsMax());
            assertThat(paid.monthlyCents()).isPositive();
            assertThat(paid.limits().getVideoDurationMax().getSeconds())
                    .isGreaterThan(free.getVideoDurationMax().getSeconds());
        }
        assertThat(catalogue.topUps())
                .containsExactly(
                        new Catalogue.TopUp("top_up_10", 10, 499),
                        new Catalogue.TopUp("top_up_30", 30, 1299),
                        new Catalogue.TopUp("top_up_100", 100, 3999));
    }

    @Test
    void every_setting_is_read_from_its_key() {
        CreditsConfig config = read(Map.ofEntries(
                Map.entry("prices.combined", "7"),
                Map.entry("tiers.cherish.monthly_credits", "61"),
                Map.entry("tiers.cherish.monthly_price_cents", "1000"),
                Map.entry("tiers.cherish.annual_price_cents", "9000"),
                Map.entry("tiers.cherish.resolution_max", "1080p"),
                Map.entry("tiers.cherish.watermark", "true"),
                Map.entry("tiers.cherish.open_jobs_max", "9"),
                Map.entry("tiers.cherish.priority_max", "low"),
                Map.entry("tiers.cherish.upload_bytes_max", "2048"),
                Map.entry("tiers.cherish.video_duration_max", "90s"),
                Map.entry("top_ups", "small:1:50"),
                Map.entry("grants.interval", "5m"),
                Map.entry("grants.accounts_max", "7")));
        Catalogue catalogue = config.catalogue();
        assertThat(catalogue.price(JobType.JOB_TYPE_COMBINED)).isEqualTo(7);
        assertThat(catalogue.plan(Tier.TIER_CHERISH))
                .isEqualTo(new Catalogue.Plan(
                        Tier.TIER_CHERISH,
                        61,
                        1000,
                        9000,
                        TierLimits.newBuilder()
                                .setTier(Tier.TIER_CHERISH)
                                .setResolutionMax(Resolution.RESOLUTION_1080P)
                                .setWatermark(true)
                                .setOpenJobsMax(9)
                                .setPriorityMax(1)
                                .setUploadBytesMax(2048)
                                .setVideoDurationMax(com.google.protobuf.Duration.newBuilder()
                                        .setSeconds(90))
                                .build()));
        assertThat(catalogue.topUps()).containsExactly(new Catalogue.TopUp("small", 1, 50));
        assertThat(config.grants()).isEqualTo(new CreditsConfig.Grants(Duration.ofMinutes(5), 7));
        assertThat(config.events().target()).isEqualTo("dns:///events:7004");
    }

    @Test
    void a_bad_value_is_named_with_what_was_expected() {
        assertThat(problem("prices.video", "-1")).contains("prices.video", "\"-1\"", "from 0 to 1000");
        assertThat(problem("tiers.free.resolution_max", "481p"))
                .contains("tiers.free.resolution_max", "\"481p\"", "1080p, 1440p, 2160p, 480p, 720p, original");
        assertThat(problem("tiers.free.priority_max", "top")).contains("\"top\"", "high, low, normal, urgent");
        assertThat(problem("tiers.remember.annual_price_cents", "10000"))
                .contains("annual_price_cents", "10000", "9588");
        assertThat(problem("top_ups", "ten for five")).contains("ten for five", "id:credits:cents");
        assertThat(problem("top_ups", "a:0:499")).contains("a:0:499", "at least 1 credit");
        assertThat(problem("top_ups", "a:1:499,a:2:999")).contains("two top-ups \"a\"");
        assertThat(problem("tiers.free.monthly_price_cents", "100")).contains("is not a setting of this process");
        assertThat(problem("services.events", "")).contains("services.events", "is missing");
    }
}
