package dev.rekindle.processing.photo;

import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureDecoder;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Step;
import dev.rekindle.processing.pipeline.Stop;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/** Decodes the photo: upright, sRGB, opaque, and no larger than the rest needs it. */
final class DecodeStep implements Step<PhotoWork> {
    private final ToIntFunction<PhotoWork> longerSideWanted;
    private final Function<PhotoWork, PictureSize> box;
    private final ToIntFunction<PhotoWork> backgroundRgb;

    /**
     * The step.
     *
     * @param longerSideWanted to which a JPEG may be reduced while it is decoded; 0 for full size
     * @param box the picture is reduced to fit in it
     * @param backgroundRgb what shows through transparent pictures
     */
    DecodeStep(
            ToIntFunction<PhotoWork> longerSideWanted,
            Function<PhotoWork, PictureSize> box,
            ToIntFunction<PhotoWork> backgroundRgb) {
        this.longerSideWanted = longerSideWanted;
        this.box = box;
        this.backgroundRgb = backgroundRgb;
    }

    @Override
    public String name() {
        return "orient";
    }

    @Override
    public double weight() {
        return 8;
    }

    @Override
    public void run(PhotoWork work, Progress progress, Stop stop) {
        Picture decoded = PictureDecoder.decode(
                work.input(), work.header(), longerSideWanted.applyAsInt(work), backgroundRgb.applyAsInt(work), stop);
        work.setPicture(decoded);
        progress.at(0.8);
        PictureSize size = PictureSize.of(decoded);
        if (!size.fittedInto(box.apply(work)).equals(size)) {
            work.setPicture(decoded.fittingIn(box.apply(work)));
        }
    }
}
