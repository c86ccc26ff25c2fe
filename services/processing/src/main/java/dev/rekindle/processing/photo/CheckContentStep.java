package dev.rekindle.processing.photo;

import com.google.protobuf.ByteString;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.content.ContentCheck;
import dev.rekindle.processing.content.Finding;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureEncoder;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Step;
import dev.rekindle.processing.pipeline.Stop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Has the operator's service look at an upload before anything is cut off it: jobs can be made of the whole of it. What is
 * found goes into the report of the work; what follows from it is for the jobs service.
 */
final class CheckContentStep implements Step<PhotoWork> {
    private static final int QUALITY = 80;

    private final ContentCheck check;

    CheckContentStep(ContentCheck check) {
        this.check = check;
    }

    @Override
    public String name() {
        return "check_content";
    }

    @Override
    public double weight() {
        return 2;
    }

    @Override
    public void run(PhotoWork work, Progress progress, Stop stop) {
        Finding finding = check.ask(
                new ContentCheck.Question(
                        work.order().getInputs(0).getPhotoId(),
                        work.order().getJobId(),
                        work.order().getInputs(0).getMetadata().hasVideo(),
                        small(work)),
                stop);
        switch (finding.verdict()) {
            case ALLOW -> {}
            case FLAG -> work.find(false, finding.reason());
            case REFUSE -> work.find(true, finding.reason());
        }
    }

    private static ByteString small(PhotoWork work) {
        Path file = work.file("checked.jpg");
        try (Picture small = work.picture().fittingIn(PictureSize.square(ContentCheck.SIDE))) {
            PictureEncoder.write(small, QUALITY, file);
            return ByteString.copyFrom(Files.readAllBytes(file));
        } catch (IOException e) {
            throw Failure.internal("Cannot read " + file, e);
        }
    }
}
