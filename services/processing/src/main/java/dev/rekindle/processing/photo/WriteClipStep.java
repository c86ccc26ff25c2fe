package dev.rekindle.processing.photo;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.media.ByteSource;
import dev.rekindle.media.ClipLength;
import dev.rekindle.media.MediaHeader;
import dev.rekindle.media.MediaLimits;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.engine.AnimationRequest;
import dev.rekindle.processing.engine.AnimationResult;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Step;
import dev.rekindle.processing.pipeline.Stop;
import dev.rekindle.processing.video.Source;
import dev.rekindle.processing.video.Video;
import dev.rekindle.processing.video.Videos;
import java.nio.file.Path;

/** Codes the clip of an animation from what the engine made, marked where the order says so. */
final class WriteClipStep implements Step<PhotoWork> {
    private final String output;
    private final Videos videos;

    /** Writes under that name of an output. */
    WriteClipStep(String output, Videos videos) {
        this.output = output;
        this.videos = videos;
    }

    @Override
    public String name() {
        return "write_" + output;
    }

    @Override
    public double weight() {
        return 25;
    }

    @Override
    public void run(PhotoWork work, Progress progress, Stop stop) {
        AnimationResult moving = work.moving();
        int frames = AnimationRequest.framesOf(
                ClipLength.seconds(work.order().getSpec().getAnimation()));
        boolean watermark = work.order().getWatermark();
        Source source = switch (moving.form()) {
            case FRAMES -> Source.ofFrames(moving.file(), work.folder(), AnimateStep.clipSize(work), frames, watermark);
            case VIDEO ->
                new Source(
                        moving.file(),
                        work.folder(),
                        probed(moving.file(), stop),
                        AnimateStep.resolution(work),
                        watermark);
        };
        work.make(output, Written.ofProduct(videos.clip(output, source, frames, progress, stop)));
    }

    /** What an engine answered with is read as a stranger's file is; if it is no video, it is the engine that failed. */
    private Video probed(Path file, Stop stop) {
        try {
            MediaHeader header = MediaHeader.read(
                    ByteSource.ofFile(file),
                    MediaLimits.photos().withBytesMax(videos.config().bytesMax()));
            return videos.probe(file, header.metadata().getType(), stop);
        } catch (Failure failure) {
            throw Failure.of(Reason.REASON_RESULT_REJECTED, "The engine made no video that can be read.")
                    .withDetail(failure.message(), failure);
        }
    }
}
