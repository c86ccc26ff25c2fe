package dev.rekindle.processing.photo;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.media.ByteSource;
import dev.rekindle.media.MediaHeader;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.picture.MemoryEstimate;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.pipeline.MemoryBudget;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Step;
import dev.rekindle.processing.pipeline.Stop;
import java.nio.file.Path;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;

/** Reads the header, refuses what is too large, broken or no photo, and reserves the memory the rest will take. */
final class ValidateStep implements Step<PhotoWork> {
    private final PhotoConfig config;
    private final MemoryBudget memory;
    private final ToIntFunction<PhotoWork> longerSideWanted;
    private final int copies;
    private final ToLongFunction<PhotoWork> bytesBeside;

    /**
     * The step.
     *
     * @param longerSideWanted to which the picture will be decoded, once the header is known
     * @param copies how many pictures of that size later steps hold at once, working memory included
     * @param bytesBeside what they take besides
     */
    ValidateStep(
            PhotoConfig config,
            MemoryBudget memory,
            ToIntFunction<PhotoWork> longerSideWanted,
            int copies,
            ToLongFunction<PhotoWork> bytesBeside) {
        this.config = config;
        this.memory = memory;
        this.longerSideWanted = longerSideWanted;
        this.copies = copies;
        this.bytesBeside = bytesBeside;
    }

    @Override
    public String name() {
        return "validate";
    }

    @Override
    public double weight() {
        return 1;
    }

    @Override
    public void run(PhotoWork work, Progress progress, Stop stop) {
        MediaHeader header = read(work.input(), config);
        work.setHeader(header);
        int wanted = longerSideWanted.applyAsInt(work);
        PictureSize full = new PictureSize(header.storedWidth(), header.storedHeight());
        PictureSize later = wanted == 0 ? full : full.fittedInto(PictureSize.square(wanted));
        long bytes = MemoryEstimate.ofDecode(header, wanted)
                + MemoryEstimate.ofPictures(later, copies)
                + bytesBeside.applyAsLong(work);
        work.hold(memory.reserve(bytes, stop));
    }

    /** The header of a photo that is taken. */
    static MediaHeader read(Path file, PhotoConfig config) {
        MediaHeader header = MediaHeader.read(ByteSource.ofFile(file), config.limits());
        if (!header.isImage()) {
            throw Failure.of(Reason.REASON_UNSUPPORTED_MEDIA, "The file is a video; expected a photo.");
        }
        return header;
    }
}
