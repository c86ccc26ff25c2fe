package dev.rekindle.processing.photo;

import dev.rekindle.common.v1.MediaMetadata;
import dev.rekindle.jobs.v1.CropPosition;
import dev.rekindle.jobs.v1.ImageOutputSpec;
import dev.rekindle.jobs.v1.Interpolation;
import dev.rekindle.processing.engine.Interest;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.picture.Resizing;
import dev.rekindle.processing.pipeline.Stop;

/** Which piece of a picture an output shows, and how large. */
record Cut(Resizing resizing, int left, int top, Interpolation interpolation) {
    /**
     * The cut of an output.
     *
     * @param picture the photo, perhaps reduced
     * @param metadata of the whole photo, whose shape counts: the sides of a reduced copy are rounded
     */
    static Cut of(ImageOutputSpec output, Picture picture, MediaMetadata metadata, Interest interest, Stop stop) {
        Resizing whole = Resizing.of(output, new PictureSize(metadata.getWidth(), metadata.getHeight()));
        double reduced = (double) picture.longerSide() / Math.max(metadata.getWidth(), metadata.getHeight());
        Resizing resizing = new Resizing(
                Math.clamp(Math.round(whole.cutWidth() * reduced), 1, picture.width()),
                Math.clamp(Math.round(whole.cutHeight() * reduced), 1, picture.height()),
                whole.size());
        CropPosition position = output.getCropPosition();
        int restAcross = picture.width() - resizing.cutWidth();
        int restDown = picture.height() - resizing.cutHeight();
        int left = switch (position) {
            case CROP_POSITION_CENTRE,
                    CROP_POSITION_TOP,
                    CROP_POSITION_BOTTOM,
                    CROP_POSITION_UNSPECIFIED,
                    UNRECOGNIZED -> restAcross / 2;
            case CROP_POSITION_LEFT -> 0;
            case CROP_POSITION_RIGHT -> restAcross;
            case CROP_POSITION_SMART -> interest.start(picture, true, resizing.cutWidth(), stop);
        };
        int top = switch (position) {
            case CROP_POSITION_CENTRE,
                    CROP_POSITION_LEFT,
                    CROP_POSITION_RIGHT,
                    CROP_POSITION_UNSPECIFIED,
                    UNRECOGNIZED -> restDown / 2;
            case CROP_POSITION_TOP -> 0;
            case CROP_POSITION_BOTTOM -> restDown;
            case CROP_POSITION_SMART -> interest.start(picture, false, resizing.cutHeight(), stop);
        };
        return new Cut(resizing, left, top, output.getInterpolation());
    }

    /** The piece of this picture, which is as large as that it was made for. The caller closes it. */
    Picture of(Picture picture) {
        return picture.resized(resizing, left, top, interpolation);
    }
}
