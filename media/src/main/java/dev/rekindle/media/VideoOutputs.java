package dev.rekindle.media;

import com.google.protobuf.Duration;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.VideoMetadata;
import dev.rekindle.jobs.v1.PreviewSpec;
import dev.rekindle.jobs.v1.SpriteSheetSpec;
import dev.rekindle.jobs.v1.VideoOutputSpec;
import dev.rekindle.jobs.v1.VideoSpec;
import dev.rekindle.jobs.v1.VideoThumbnailsSpec;
import dev.rekindle.platform.rpc.Failure;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The outputs a video job asks for: completed by their presets and by what goes without saying, and checked before
 * anything is charged. Jobs asks before it takes a job, a worker for what it is to make.
 */
public final class VideoOutputs {
    private static final int OUTPUTS_MAX = 10;
    private static final double PREVIEW_SECONDS = 3;
    private static final double PREVIEW_SECONDS_MAX = 10;
    private static final double INTERVAL_SECONDS_MIN = 0.1;

    private VideoOutputs() {}

    /**
     * The outputs of a job, complete.
     *
     * @throws Failure INVALID_REQUEST naming the field, what it is and what was expected; UNIMPLEMENTED for what this server
     *     does not make
     */
    public static List<VideoOutputSpec> of(VideoSpec spec) {
        List<VideoOutputSpec> asked = spec.getOutputsList();
        if (asked.isEmpty() || asked.size() > OUTPUTS_MAX) {
            throw Failure.invalid(
                    "spec.video.outputs", "has " + asked.size() + " entries; expected 1 to " + OUTPUTS_MAX);
        }
        List<VideoOutputSpec> outputs = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < asked.size(); i++) {
            String field = "spec.video.outputs[" + i + "]";
            VideoOutputSpec output = VideoPresets.completed(asked.get(i), field);
            if (!names.add(output.getName())) {
                throw Failure.invalid(field + ".name", "is \"" + output.getName() + "\", as that of another output");
            }
            outputs.add(completed(output, field));
        }
        return outputs;
    }

    private static VideoOutputSpec completed(VideoOutputSpec output, String field) {
        return switch (output.getProductCase()) {
            case TRANSCODE ->
                output.toBuilder()
                        .setTranscode(VideoFiles.completed(output.getTranscode(), field + ".transcode"))
                        .build();
            case THUMBNAILS -> {
                checkThumbnails(output.getThumbnails(), field + ".thumbnails");
                yield output;
            }
            case SPRITE_SHEET -> {
                checkSheet(output.getSpriteSheet(), field + ".sprite_sheet");
                yield output;
            }
            case PREVIEW ->
                output.toBuilder()
                        .setPreview(preview(output.getPreview(), field + ".preview"))
                        .build();
            case STREAMING ->
                throw Failure.of(
                        Reason.REASON_UNIMPLEMENTED,
                        field + ".streaming: This server makes no HLS and DASH yet; expected transcode, thumbnails, "
                                + "sprite_sheet or preview.");
            case PRODUCT_NOT_SET ->
                throw Failure.invalid(
                        field, "says not what is wanted; expected transcode, thumbnails, sprite_sheet or preview");
        };
    }

    private static void checkThumbnails(VideoThumbnailsSpec thumbnails, String field) {
        for (int i = 0; i < thumbnails.getTimesCount(); i++) {
            double at = seconds(thumbnails.getTimes(i));
            if (at < 0) {
                throw Failure.invalid(field + ".times[" + i + "]", "is " + at + " s; expected 0 s or more");
            }
        }
    }

    private static void checkSheet(SpriteSheetSpec sheet, String field) {
        double interval = seconds(sheet.getInterval());
        if (sheet.hasInterval() && interval < INTERVAL_SECONDS_MIN) {
            throw Failure.invalid(
                    field + ".interval",
                    "is " + interval + " s; expected " + INTERVAL_SECONDS_MIN + " s or more, or none");
        }
    }

    private static PreviewSpec preview(PreviewSpec preview, String field) {
        if (!preview.hasDuration()) {
            return preview.toBuilder().setDuration(duration(PREVIEW_SECONDS)).build();
        }
        double lasts = seconds(preview.getDuration());
        if (lasts < INTERVAL_SECONDS_MIN || lasts > PREVIEW_SECONDS_MAX) {
            throw Failure.invalid(
                    field + ".duration",
                    "is " + lasts + " s; expected " + INTERVAL_SECONDS_MIN + " to " + PREVIEW_SECONDS_MAX + " s");
        }
        return preview;
    }

    /**
     * Holds outputs against the video they are to be made of.
     *
     * @throws Failure INVALID_REQUEST for times after its end
     */
    public static void requireWithin(List<VideoOutputSpec> outputs, VideoMetadata video) {
        double end = seconds(video.getDuration());
        for (int i = 0; i < outputs.size(); i++) {
            List<Duration> times = outputs.get(i).getThumbnails().getTimesList();
            for (int j = 0; j < times.size(); j++) {
                if (seconds(times.get(j)) > end) {
                    throw Failure.invalid(
                            "spec.video.outputs[" + i + "].thumbnails.times[" + j + "]",
                            "is " + seconds(times.get(j)) + " s; the video ends at " + end + " s");
                }
            }
        }
    }

    /** A duration in seconds. */
    public static double seconds(Duration duration) {
        return duration.getSeconds() + duration.getNanos() / 1e9;
    }

    /** So many seconds as a duration of the contract. */
    public static Duration duration(double seconds) {
        long nanos = Math.round(seconds * 1e9);
        return Duration.newBuilder()
                .setSeconds(nanos / 1_000_000_000)
                .setNanos((int) (nanos % 1_000_000_000))
                .build();
    }
}
