package dev.rekindle.processing.photo;

import dev.rekindle.jobs.v1.VideoOutputSpec;
import dev.rekindle.media.VideoOutputs;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Step;
import dev.rekindle.processing.pipeline.Stop;
import dev.rekindle.processing.video.Product;
import dev.rekindle.processing.video.Source;
import dev.rekindle.processing.video.Videos;
import java.util.List;

/** Makes every output of a video job. */
final class VideoOutputsStep implements Step<PhotoWork> {
    private final Videos videos;

    VideoOutputsStep(Videos videos) {
        this.videos = videos;
    }

    @Override
    public String name() {
        return "make_outputs";
    }

    @Override
    public double weight() {
        return 80;
    }

    @Override
    public void run(PhotoWork work, Progress progress, Stop stop) {
        List<VideoOutputSpec> outputs = VideoOutputs.of(work.order().getSpec().getVideo());
        VideoOutputs.requireWithin(outputs, work.video().metadata().getVideo());
        Source source = new Source(
                work.input(),
                work.folder(),
                work.video(),
                work.order().getResolution(),
                work.order().getWatermark());
        int done = 0;
        for (VideoOutputSpec output : outputs) {
            stop.check();
            Progress part = progress.part((double) done / outputs.size(), (done + 1.0) / outputs.size());
            for (Product product : videos.make(output, source, part, stop)) {
                work.make(product.name(), Written.ofProduct(product));
                if (!product.report().isEmpty()) {
                    work.report(product.report());
                }
            }
            done++;
            progress.at((double) done / outputs.size());
        }
    }
}
