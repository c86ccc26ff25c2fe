package dev.rekindle.processing.photo;

import dev.rekindle.common.v1.MediaMetadata;
import dev.rekindle.processing.picture.ExifTags;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Step;
import dev.rekindle.processing.pipeline.Stop;

/** Reads what the file tells of itself, less what tells where and by whom it was taken. */
final class MetadataStep implements Step<PhotoWork> {
    @Override
    public String name() {
        return "read_metadata";
    }

    @Override
    public double weight() {
        return 1;
    }

    @Override
    public void run(PhotoWork work, Progress progress, Stop stop) {
        MediaMetadata.Builder metadata = work.header().metadata().toBuilder().setSha256(Written.sha256(work.input()));
        metadata.getImageBuilder().setExif(ExifTags.read(work.input(), work.header()));
        work.setInputMetadata(metadata.build());
    }
}
