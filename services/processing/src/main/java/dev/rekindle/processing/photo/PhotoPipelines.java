package dev.rekindle.processing.photo;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.media.VideoNeeds;
import dev.rekindle.platform.blobs.Blobs;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.content.ContentCheck;
import dev.rekindle.processing.engine.EnginePolicy;
import dev.rekindle.processing.engine.Enlarging;
import dev.rekindle.processing.engine.Interest;
import dev.rekindle.processing.picture.MemoryEstimate;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.pipeline.MemoryBudget;
import dev.rekindle.processing.pipeline.Pipeline;
import dev.rekindle.processing.pipeline.Step;
import dev.rekindle.processing.v1.WorkOrder;
import dev.rekindle.processing.video.Videos;
import java.util.ArrayList;
import java.util.List;

/** The pipelines for photos, by name. */
public final class PhotoPipelines {
    /** Pictures of full size that preparation holds at once, beside the decoded one. */
    private static final int PREPARATION_COPIES = 4;
    /** The same for restoration: source, result, brightness, masks, floats of one band. */
    private static final int RESTORATION_COPIES = 12;
    /** Pictures of the enlarged size, where an engine enlarges: the result, what it is compared with, what it is written from. */
    private static final int ENLARGED_COPIES = 5;

    /** The same for an image job: one output, and what sharpening and encoding it take. */
    private static final int IMAGE_COPIES = 8;

    /** The same for an animation: the photo, where each pixel of a frame comes from, the frame, what it is compared with. */
    private static final int ANIMATION_COPIES = 14;

    private static final int WHITE = 0xffffff;

    private final PhotoConfig config;
    private final Blobs blobs;
    private final EnginePolicy engines;
    private final MemoryBudget memory;
    private final Judges judges;
    private final Videos videos;

    /**
     * Who judges pictures.
     *
     * @param interest tells what in them is of interest
     * @param content whether they may be here
     */
    public record Judges(Interest interest, ContentCheck content) {}

    public PhotoPipelines(
            PhotoConfig config, Blobs blobs, EnginePolicy engines, MemoryBudget memory, Judges judges, Videos videos) {
        this.videos = videos;
        this.config = config;
        this.blobs = blobs;
        this.engines = engines;
        this.memory = memory;
        this.judges = judges;
    }

    /**
     * The pipeline an order asks for, by its name or by what is to be done.
     *
     * @throws Failure UNIMPLEMENTED for work this worker does not do, INVALID_REQUEST for a name that is none
     */
    public Pipeline<PhotoWork> of(WorkOrder order) {
        return switch (order.getPipeline()) {
            case "" -> usual(order);
            case "preparation", "full_processing" -> isOfVideo(order) ? videoPreparation() : preparation();
            case "quick_processing" -> isOfVideo(order) ? videoPreparation() : quick();
            case "restoration" -> restoration();
            case "image" -> image();
            case "video" -> video();
            case "animation" -> animation();
            case "composition" -> composition();
            case String other ->
                throw Failure.invalid(
                        "pipeline",
                        "is \"" + other
                                + "\"; expected preparation, full_processing, quick_processing, restoration, image, video, animation or"
                                + " composition");
        };
    }

    private Pipeline<PhotoWork> usual(WorkOrder order) {
        return switch (order.getSpec().getWorkCase()) {
            case PREPARATION -> isOfVideo(order) ? videoPreparation() : preparation();
            case RESTORATION -> restoration();
            case IMAGE -> image();
            case VIDEO -> video();
            case ANIMATION -> animation();
            case COMPOSITION -> composition();
            case WORK_NOT_SET ->
                throw Failure.of(Reason.REASON_UNIMPLEMENTED, "This server cannot do work that is not named.");
        };
    }

    private static boolean isOfVideo(WorkOrder order) {
        return order.getInputsCount() > 0 && order.getInputs(0).getMetadata().hasVideo();
    }

    /** What is done to a video that was uploaded: it is looked at, and a picture taken that stands for it. */
    Pipeline<PhotoWork> videoPreparation() {
        return new Pipeline<>(
                "video_preparation",
                checked(
                        List.of(
                                new FetchStep(blobs, videos.config().bytesMax()),
                                new ProbeStep(videos, memory),
                                new PosterStep(videos, config)),
                        List.of(
                                new WriteStep("poster", config.preparedQuality()),
                                new ThumbnailsStep(config.thumbnailQuality()),
                                new StoreStep(blobs))));
    }

    /** One to ten outputs of a video, one after the other. */
    Pipeline<PhotoWork> video() {
        return new Pipeline<>(
                "video",
                List.of(
                        new FetchStep(blobs, videos.config().bytesMax()),
                        new ProbeStep(videos, memory),
                        new VideoOutputsStep(videos),
                        new StoreStep(blobs)));
    }

    /** Steps until there is a picture, the check of content where there is one, and the steps after it. */
    private List<Step<PhotoWork>> checked(List<Step<PhotoWork>> before, List<Step<PhotoWork>> after) {
        List<Step<PhotoWork>> steps = new ArrayList<>(before);
        if (judges.content().isConfigured()) {
            steps.add(new CheckContentStep(judges.content()));
        }
        steps.addAll(after);
        return steps;
    }

    /** Everything that is done to an upload. */
    Pipeline<PhotoWork> preparation() {
        return new Pipeline<>(
                "preparation",
                checked(
                        List.of(
                                fetch(),
                                new ValidateStep(config, memory, _ -> 0, PREPARATION_COPIES, _ -> 0),
                                new MetadataStep(),
                                decodeWhole()),
                        List.of(
                                new PerspectiveStep(),
                                new ReduceStep(config.preparedSideMax()),
                                new EnhanceStep(),
                                new WriteStep("prepared", config.preparedQuality()),
                                new ThumbnailsStep(config.thumbnailQuality()),
                                new StoreStep(blobs))));
    }

    /** The least that makes an upload usable: no cutting, no lifting, reduced while it is decoded. */
    Pipeline<PhotoWork> quick() {
        return new Pipeline<>(
                "quick_processing",
                checked(
                        List.of(
                                fetch(),
                                new ValidateStep(
                                        config, memory, _ -> config.preparedSideMax(), PREPARATION_COPIES, _ -> 0),
                                new MetadataStep(),
                                new DecodeStep(
                                        _ -> config.preparedSideMax(),
                                        _ -> PictureSize.square(config.preparedSideMax()),
                                        _ -> WHITE)),
                        List.of(
                                new WriteStep("prepared", config.preparedQuality()),
                                new ThumbnailsStep(config.thumbnailQuality()),
                                new StoreStep(blobs))));
    }

    /** A prepared photo restored, colourized, or both. */
    Pipeline<PhotoWork> restoration() {
        return new Pipeline<>(
                "restoration",
                List.of(
                        fetch(),
                        new ValidateStep(
                                config, memory, PhotoPipelines::resultSide, RESTORATION_COPIES, this::enlargedBytes),
                        new DecodeStep(PhotoPipelines::resultSide, PhotoPipelines::resultBox, _ -> WHITE),
                        new EngineStep(engines),
                        new WatermarkStep(),
                        new WriteStep("result", config.resultQuality()),
                        new CheckResultStep("result"),
                        new SmallResultStep(config.thumbnailQuality()),
                        new StoreStep(blobs)));
    }

    /** One to ten pictures of a photo, from one decode. */
    Pipeline<PhotoWork> image() {
        return new Pipeline<>(
                "image",
                List.of(
                        fetch(),
                        new ValidateStep(
                                config,
                                memory,
                                ImageOutputs::longerSideNeeded,
                                IMAGE_COPIES,
                                ImageOutputs::bytesBeside),
                        new DecodeStep(
                                ImageOutputs::longerSideNeeded,
                                _ -> PictureSize.square(Integer.MAX_VALUE),
                                ImageOutputs::firstBackground),
                        new OutputsStep(judges.interest()),
                        new StoreStep(blobs)));
    }

    /** A clip of a prepared photo. */
    Pipeline<PhotoWork> animation() {
        return new Pipeline<>(
                "animation",
                List.of(
                        fetch(),
                        new ValidateStep(
                                config,
                                memory,
                                AnimateStep::sideWanted,
                                ANIMATION_COPIES,
                                work -> VideoNeeds.ofClip(
                                        AnimateStep.clipSize(work).pixels(), AnimateStep.resolution(work))),
                        new DecodeStep(
                                AnimateStep::sideWanted,
                                work -> PictureSize.square(AnimateStep.sideWanted(work)),
                                _ -> WHITE),
                        new AnimateStep(engines),
                        new WriteClipStep("result", videos),
                        new CheckClipStep("result", videos, config),
                        new SmallResultStep(config.thumbnailQuality()),
                        new StoreStep(blobs)));
    }

    /** Several prepared photos brought together in one picture. */
    Pipeline<PhotoWork> composition() {
        return new Pipeline<>(
                "composition",
                List.of(
                        fetch(),
                        new GatherStep(config, memory),
                        new ComposeStep(engines),
                        new WatermarkStep(),
                        new WriteStep("result", config.resultQuality()),
                        new CheckCompositionStep("result"),
                        new SmallResultStep(config.thumbnailQuality()),
                        new StoreStep(blobs)));
    }

    private Step<PhotoWork> fetch() {
        return new FetchStep(blobs, config.limits().bytesMax());
    }

    private static Step<PhotoWork> decodeWhole() {
        return new DecodeStep(_ -> 0, _ -> PictureSize.square(Integer.MAX_VALUE), _ -> WHITE);
    }

    /** The box of the order's resolution, turned to match the upright photo. */
    static PictureSize resultBox(PhotoWork work) {
        return upright(work).boxOf(work.order().getResolution());
    }

    /** What the result of a picture of that size must fit into: a tier's size, which engines may use, or its own. */
    static PictureSize sizeMax(PhotoWork work, PictureSize size) {
        PictureSize box = resultBox(work);
        return box.width() == Integer.MAX_VALUE ? size : box;
    }

    /** What a result takes that is larger than its photo; nothing where it will not be. */
    private long enlargedBytes(PhotoWork work) {
        PictureSize box = resultBox(work);
        PictureSize size = upright(work).fittedInto(box);
        if (!work.order().getSpec().getRestoration().getRestore()
                || box.width() == Integer.MAX_VALUE
                || !Enlarging.isWorthIt(size, box)) {
            return 0;
        }
        PictureSize largest = size.times(engines.enlargement()).fittedInto(box);
        return MemoryEstimate.ofPictures(largest, ENLARGED_COPIES);
    }

    private static PictureSize upright(PhotoWork work) {
        var metadata = work.header().metadata();
        return new PictureSize(metadata.getWidth(), metadata.getHeight());
    }

    private static int resultSide(PhotoWork work) {
        PictureSize size = upright(work).fittedInto(resultBox(work));
        return Math.max(size.width(), size.height());
    }
}
