package dev.rekindle.processing.photo;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.media.MediaHeader;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.engine.CompositionRequest;
import dev.rekindle.processing.picture.MemoryEstimate;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureDecoder;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.pipeline.MemoryBudget;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Step;
import dev.rekindle.processing.pipeline.Stop;
import java.util.ArrayList;
import java.util.List;

/** Checks the photos that are brought together, reserves the memory for all, and decodes them one after the other. */
final class GatherStep implements Step<PhotoWork> {
    /** Pictures as large as the result that later steps hold at once: a page, its brightness, floats, what it is written from. */
    private static final int COPIES = 8;

    private final PhotoConfig config;
    private final MemoryBudget memory;

    GatherStep(PhotoConfig config, MemoryBudget memory) {
        this.config = config;
        this.memory = memory;
    }

    @Override
    public String name() {
        return "gather_photos";
    }

    @Override
    public double weight() {
        return 10;
    }

    @Override
    public void run(PhotoWork work, Progress progress, Stop stop) {
        int count = work.order().getInputsCount();
        if (count < 2) {
            throw Failure.of(Reason.REASON_NOT_FOUND, "A photo is no longer there; at least two are brought together.");
        }
        PictureSize box = CompositionRequest.boxOf(work.order().getResolution(), new PictureSize(2, 1));
        int side = Math.max(box.width(), box.height());
        List<MediaHeader> headers = new ArrayList<>();
        long decoding = 0;
        long kept = MemoryEstimate.ofPictures(box, COPIES);
        for (int i = 0; i < count; i++) {
            MediaHeader header = ValidateStep.read(work.input(i), config);
            headers.add(header);
            PictureSize size = new PictureSize(header.storedWidth(), header.storedHeight());
            decoding = Math.max(decoding, MemoryEstimate.ofDecode(header, side));
            kept += MemoryEstimate.ofPictures(size.fittedInto(PictureSize.square(side)), 1);
        }
        work.hold(memory.reserve(decoding + kept, stop));
        for (int i = 0; i < count; i++) {
            try (Picture decoded = PictureDecoder.decode(work.input(i), headers.get(i), side, stop)) {
                work.gather(decoded.fittingIn(PictureSize.square(side)));
            }
            progress.at((i + 1.0) / count);
        }
    }
}
