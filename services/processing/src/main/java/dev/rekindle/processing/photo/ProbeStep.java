package dev.rekindle.processing.photo;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.PreparationSpec;
import dev.rekindle.media.ByteSource;
import dev.rekindle.media.MediaHeader;
import dev.rekindle.media.MediaLimits;
import dev.rekindle.media.VideoNeeds;
import dev.rekindle.media.VideoOutputs;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.picture.MemoryEstimate;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.pipeline.MemoryBudget;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Step;
import dev.rekindle.processing.pipeline.Stop;
import dev.rekindle.processing.v1.WorkOrder;
import dev.rekindle.processing.video.Video;
import dev.rekindle.processing.video.Videos;
import java.util.Locale;

/** Looks at a video: what it is, whether it is taken, and how much memory work on it will take. */
final class ProbeStep implements Step<PhotoWork> {
    /** The poster, decoded, and what making thumbnails of it takes. */
    private static final int POSTER_COPIES = 5;

    private final Videos videos;
    private final MemoryBudget memory;

    ProbeStep(Videos videos, MemoryBudget memory) {
        this.videos = videos;
        this.memory = memory;
    }

    @Override
    public String name() {
        return "probe_video";
    }

    @Override
    public double weight() {
        return 3;
    }

    @Override
    public void run(PhotoWork work, Progress progress, Stop stop) {
        MediaHeader header = MediaHeader.read(
                ByteSource.ofFile(work.input()),
                MediaLimits.photos().withBytesMax(videos.config().bytesMax()));
        if (header.isImage()) {
            throw Failure.of(Reason.REASON_UNSUPPORTED_MEDIA, "The file is a picture; expected a video.");
        }
        work.setHeader(header);
        Video video = videos.probe(work.input(), header.metadata().getType(), stop);
        if (work.order().getSpec().hasPreparation()) {
            requireLength(video, work.order().getSpec().getPreparation());
            work.setInputMetadata(video.metadata().toBuilder()
                    .setSizeBytes(header.metadata().getSizeBytes())
                    .setSha256(Written.sha256(work.input()))
                    .build());
        }
        work.setVideo(video);
        work.hold(memory.reserve(bytes(video, work.order()), stop));
    }

    private static long bytes(Video video, WorkOrder order) {
        PictureSize size =
                new PictureSize(video.metadata().getWidth(), video.metadata().getHeight());
        long pixels = size.pixels();
        return order.getSpec().hasVideo()
                ? VideoNeeds.ofMaking(pixels, order.getResolution())
                : VideoNeeds.ofLooking(pixels) + MemoryEstimate.ofPictures(size, POSTER_COPIES);
    }

    private static void requireLength(Video video, PreparationSpec preparation) {
        double max = VideoOutputs.seconds(preparation.getVideoDurationMax());
        if (preparation.hasVideoDurationMax() && video.seconds() > max) {
            throw Failure.of(
                    Reason.REASON_TIER_LIMIT,
                    String.format(
                            Locale.ROOT, "The video lasts %.1f s; your tier allows %.0f s.", video.seconds(), max));
        }
    }
}
