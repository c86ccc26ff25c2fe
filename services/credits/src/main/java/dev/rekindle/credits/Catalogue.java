package dev.rekindle.credits;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Resolution;
import dev.rekindle.common.v1.Tier;
import dev.rekindle.common.v1.TierLimits;
import dev.rekindle.credits.v1.JobPrice;
import dev.rekindle.jobs.v1.Priority;
import dev.rekindle.platform.config.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What there is to buy and what it costs.
 *
 * @param plans a plan for each tier
 * @param prices credits for each type of job; 0 is never charged
 * @param topUps credits sold by themselves
 */
record Catalogue(Map<Tier, Plan> plans, Map<JobType, Integer> prices, List<TopUp> topUps) {
    private static final int CENTS_MAX = 100_000;
    private static final int CREDITS_MAX = 100_000;
    private static final Pattern TOP_UP = Pattern.compile("([a-z0-9_]{1,64}):(\\d{1,5}):(\\d{1,6})");
    private static final Map<String, Resolution> RESOLUTIONS = Map.of(
            "480p", Resolution.RESOLUTION_480P,
            "720p", Resolution.RESOLUTION_720P,
            "1080p", Resolution.RESOLUTION_1080P,
            "1440p", Resolution.RESOLUTION_1440P,
            "2160p", Resolution.RESOLUTION_2160P,
            "original", Resolution.RESOLUTION_ORIGINAL);
    private static final Map<String, Priority> PRIORITIES = Map.of(
            "low", Priority.PRIORITY_LOW,
            "normal", Priority.PRIORITY_NORMAL,
            "high", Priority.PRIORITY_HIGH,
            "urgent", Priority.PRIORITY_URGENT);

    /** What a tier gives and what it costs. The free one costs nothing. */
    record Plan(Tier tier, int monthlyCredits, int monthlyCents, int annualCents, TierLimits limits) {}

    /** Credits sold by themselves. */
    record TopUp(String id, int credits, int cents) {}

    /** What a plan is unless a setting says otherwise. */
    private record Usual(
            int credits,
            int monthlyCents,
            int annualCents,
            String resolution,
            boolean watermark,
            int openJobs,
            String priority,
            long uploadBytes,
            Duration video) {}

    Catalogue {
        plans = Map.copyOf(plans);
        prices = Map.copyOf(prices);
        topUps = List.copyOf(topUps);
    }

    /** Reads {@code tiers.{tier}.…}, {@code prices.{job type}} and {@code top_ups}. */
    static Catalogue from(Settings settings) {
        Map<Tier, Plan> plans = new EnumMap<>(Tier.class);
        Settings tiers = settings.under("tiers");
        for (Tier tier : tiers()) {
            plans.put(tier, plan(tiers.under(key(EnumNames.of(tier))), tier, usual(tier)));
        }
        Map<JobType, Integer> prices = new EnumMap<>(JobType.class);
        Settings priceList = settings.under("prices");
        for (JobType type : jobTypes()) {
            prices.put(type, priceList.number(key(EnumNames.of(type)), usualPrice(type), 0, 1000));
        }
        return new Catalogue(plans, prices, topUps(settings));
    }

    /** The plan of a tier. */
    Plan plan(Tier tier) {
        Plan plan = plans.get(tier);
        if (plan == null) {
            throw new IllegalArgumentException(tier + " has no plan");
        }
        return plan;
    }

    /** Credits a job of this type costs; 0 is never charged. */
    int price(JobType type) {
        Integer price = prices.get(type);
        if (price == null) {
            throw new IllegalArgumentException(type + " has no price");
        }
        return price;
    }

    /** The plans in the order of the tiers. */
    List<Plan> planList() {
        return tiers().stream().map(this::plan).toList();
    }

    /** The prices as the contract has them, in the order of the types. */
    List<JobPrice> priceList() {
        return jobTypes().stream()
                .map(type -> JobPrice.newBuilder()
                        .setJobType(type)
                        .setCredits(price(type))
                        .build())
                .toList();
    }

    /** From the cheapest to the dearest. */
    static List<Tier> tiers() {
        return List.of(Tier.TIER_FREE, Tier.TIER_REMEMBER, Tier.TIER_CHERISH, Tier.TIER_FOREVER);
    }

    private static List<JobType> jobTypes() {
        List<JobType> types = new ArrayList<>(List.of(JobType.values()));
        types.remove(JobType.JOB_TYPE_UNSPECIFIED);
        types.remove(JobType.UNRECOGNIZED);
        return types;
    }

    private static int usualPrice(JobType type) {
        return switch (type) {
            case JOB_TYPE_RESTORATION -> 2;
            case JOB_TYPE_COLOURIZATION -> 3;
            case JOB_TYPE_COMBINED -> 4;
            case JOB_TYPE_IMAGE -> 1;
            case JOB_TYPE_VIDEO -> 5;
            case JOB_TYPE_ANIMATION -> 8;
            case JOB_TYPE_COMPOSITION -> 6;
            case JOB_TYPE_PREPARATION, JOB_TYPE_UNSPECIFIED, UNRECOGNIZED -> 0;
        };
    }

    private static Usual usual(Tier tier) {
        return switch (tier) {
            case TIER_FREE, TIER_UNSPECIFIED, UNRECOGNIZED ->
                new Usual(3, 0, 0, "480p", true, 3, "normal", 50L << 20, Duration.ofMinutes(1));
            case TIER_REMEMBER ->
                new Usual(25, 799, 7_990, "720p", false, 10, "high", 500L << 20, Duration.ofMinutes(5));
            case TIER_CHERISH ->
                new Usual(60, 1_499, 14_990, "720p", false, 20, "high", 500L << 20, Duration.ofMinutes(15));
            case TIER_FOREVER ->
                new Usual(150, 2_999, 29_990, "720p", false, 50, "urgent", 500L << 20, Duration.ofMinutes(30));
        };
    }

    private static Plan plan(Settings settings, Tier tier, Usual usual) {
        Duration video =
                settings.duration("video_duration_max", usual.video(), Duration.ofSeconds(1), Duration.ofHours(24));
        TierLimits limits = TierLimits.newBuilder()
                .setTier(tier)
                .setResolutionMax(choice(settings, "resolution_max", usual.resolution(), RESOLUTIONS))
                .setWatermark(settings.flag("watermark", usual.watermark()))
                .setOpenJobsMax(settings.number("open_jobs_max", usual.openJobs(), 1, 100_000))
                .setPriorityMax(choice(settings, "priority_max", usual.priority(), PRIORITIES)
                        .getNumber())
                .setUploadBytesMax(settings.number("upload_bytes_max", usual.uploadBytes(), 1L << 10, 10L << 30))
                .setVideoDurationMax(com.google.protobuf.Duration.newBuilder()
                        .setSeconds(video.toSeconds())
                        .setNanos(video.toNanosPart()))
                .build();
        int credits = settings.number("monthly_credits", usual.credits(), 0, CREDITS_MAX);
        if (tier == Tier.TIER_FREE) {
            return new Plan(tier, credits, 0, 0, limits);
        }
        int monthly = settings.number("monthly_price_cents", usual.monthlyCents(), 50, CENTS_MAX);
        int annual = settings.number("annual_price_cents", usual.annualCents(), 50, 12 * CENTS_MAX);
        if (annual > 12 * monthly) {
            settings.problem(
                    "annual_price_cents",
                    "is " + annual + "; expected at most twelve months at " + monthly + ", which is " + 12 * monthly
                            + ".");
        }
        return new Plan(tier, credits, monthly, annual, limits);
    }

    private static <E> E choice(Settings settings, String key, String usual, Map<String, E> choices) {
        String text = settings.text(key, usual);
        E choice = choices.get(text);
        if (choice != null) {
            return choice;
        }
        settings.problem(
                key,
                "is \"" + text + "\"; expected one of "
                        + String.join(", ", choices.keySet().stream().sorted().toList()) + ".");
        return choices.values().iterator().next();
    }

    private static List<TopUp> topUps(Settings settings) {
        List<TopUp> topUps = new ArrayList<>();
        for (String text :
                settings.list("top_ups", List.of("top_up_10:10:499", "top_up_30:30:1299", "top_up_100:100:3999"))) {
            Matcher parts = TOP_UP.matcher(text);
            if (!parts.matches()) {
                settings.problem(
                        "top_ups", "holds \"" + text + "\"; expected id:credits:cents, as in top_up_10:10:499.");
                continue;
            }
            TopUp topUp = new TopUp(parts.group(1), Integer.parseInt(parts.group(2)), Integer.parseInt(parts.group(3)));
            if (topUp.credits() == 0 || topUp.cents() < 50 || topUp.cents() > CENTS_MAX) {
                settings.problem(
                        "top_ups",
                        "holds \"" + text + "\"; expected at least 1 credit and 50 to " + CENTS_MAX + " cents.");
            }
            if (topUps.stream().anyMatch(other -> other.id().equals(topUp.id()))) {
                settings.problem("top_ups", "holds two top-ups \"" + topUp.id() + "\"; expected one of each id.");
            }
            topUps.add(topUp);
        }
        return topUps;
    }

    private static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
