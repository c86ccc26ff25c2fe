package dev.rekindle.processing.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_core.NORM_INF;
import static org.bytedeco.opencv.global.opencv_core.bitwise_and;
import static org.bytedeco.opencv.global.opencv_core.countNonZero;
import static org.bytedeco.opencv.global.opencv_core.norm;
import static org.bytedeco.opencv.global.opencv_core.split;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_CUBIC;
import static org.bytedeco.opencv.global.opencv_imgproc.MORPH_ELLIPSE;
import static org.bytedeco.opencv.global.opencv_imgproc.dilate;
import static org.bytedeco.opencv.global.opencv_imgproc.getStructuringElement;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.MatVector;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("AI-02")
class EmbeddedEngineTest {
    private static final EmbeddedEngine ENGINE = EmbeddedEngine.load();
    private static final int[] BLACK = {40, 48, 70};
    private static final int[] WHITE = {160, 190, 225};

    private static Picture restored(Picture picture, double strength) {
        EngineRequest request = new EngineRequest(picture, true, false, List.of(), strength, Attempts.NONE);
        return ENGINE.run(request, Progress.unheard(), new Stop()).picture();
    }

    private static double channelsApart(Mat bgr) {
        MatVector channels = new MatVector();
        split(bgr, channels);
        return Math.max(
                norm(channels.get(0), channels.get(1), NORM_INF, new Mat()),
                norm(channels.get(1), channels.get(2), NORM_INF, new Mat()));
    }

    /** Least gains in dB of a faded, noisy, scratched photo over itself, both held against the photo it was made of. */
    @ParameterizedTest
    @CsvSource({"astronaut, 5", "grace_hopper, 5", "coffee, 2", "rocket, 3", "camera, 1.5"})
    void an_old_photo_comes_nearer_to_what_it_was(String name, double gainMin) {
        try (Picture clean = TestPhotos.picture(name);
                OldPhoto old = OldPhoto.of(clean, 7)
                        .faded(BLACK, WHITE)
                        .grain(6)
                        .scratches(8)
                        .dust(40);
                Picture before = old.picture();
                Picture after = restored(before, 0.7)) {
            double gain = Likeness.psnr(clean.mat(), after.mat()) - Likeness.psnr(clean.mat(), before.mat());
            assertThat(gain).as("gain in dB").isGreaterThan(gainMin);
        }
    }

    /** Least gains in dB by mending scratches that run from the top of a photo to its bottom. */
    @ParameterizedTest
    @CsvSource({"chelsea, 20, 10", "rocket, 21, 6", "coffee, 21, 5", "camera, 20, 1"})
    void scratches_through_a_whole_photo_are_mended(String name, long seed, double gainMin) {
        try (Picture clean = TestPhotos.picture(name);
                OldPhoto old = OldPhoto.of(clean, seed).lines(3);
                Picture before = old.picture();
                Picture after = restored(before, 0.7)) {
            double gain = Likeness.psnr(clean.mat(), after.mat()) - Likeness.psnr(clean.mat(), before.mat());
            assertThat(gain).isGreaterThan(gainMin);
        }
    }

    /** On skin, too, though eyes and teeth shine like it: without that the portrait gains a dB less. */
    @Test
    void dust_on_a_face_is_taken_off() {
        try (Picture clean = TestPhotos.picture("grace_hopper");
                OldPhoto old = OldPhoto.of(clean, 20).dust(80);
                Picture before = old.picture();
                Picture after = restored(before, 0.7)) {
            double gain = Likeness.psnr(clean.mat(), after.mat()) - Likeness.psnr(clean.mat(), before.mat());
            assertThat(gain).isGreaterThan(6.3);
        }
    }

    /** Thin scratches and dust on a print as small as those in chats; some of what is there stays, none of what is not goes. */
    @ParameterizedTest
    @CsvSource({"astronaut, 0.9, 0.8", "grace_hopper, 0.9, 0.8", "camera, 0.9, 0.8", "rocket, 0.9, 0.8"})
    void damage_is_found_on_small_faded_prints_too(String name, double recallMin, double precisionMin) {
        try (Picture clean = TestPhotos.picture(name);
                Picture small = smaller(clean);
                OldPhoto old = OldPhoto.of(small, 11)
                        .sepia()
                        .grain(3)
                        .scratches(6)
                        .dust(30)
                        .jpeg(88);
                Picture before = old.picture();
                Mat found = ENGINE.damage(before, new Stop());
                Mat right = new Mat();
                Mat near = new Mat()) {
            bitwise_and(found, old.damage(), right);
            assertThat(countNonZero(right)).as("found of the damage").isGreaterThan((int)
                    (recallMin * countNonZero(old.damage())));
            dilate(old.damage(), near, getStructuringElement(MORPH_ELLIPSE, new Size(5, 5)));
            bitwise_and(found, near, right);
            assertThat(countNonZero(right)).as("damage of what was found").isGreaterThan((int)
                    (precisionMin * countNonZero(found)));
        }
    }

    private static Picture smaller(Picture picture) {
        Mat small = new Mat();
        resize(picture.mat(), small, new Size(), 0.8, 0.8, INTER_AREA);
        return Picture.of(small);
    }

    @ParameterizedTest
    @CsvSource({"astronaut, 40", "grace_hopper, 60", "coffee, 40", "camera, 60", "chelsea, 60", "rocket, 60"})
    void a_photo_that_needs_nothing_stays_as_good_as_it_is(String name, double psnrMin) {
        try (Picture clean = TestPhotos.picture(name);
                Picture after = restored(clean, 0.7)) {
            assertThat(Likeness.psnr(clean.mat(), after.mat())).isGreaterThan(psnrMin);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"grace_hopper", "chelsea"})
    void blur_and_strong_compression_are_eased(String name) {
        try (Picture clean = TestPhotos.picture(name)) {
            for (OldPhoto old : List.of(
                    OldPhoto.of(clean, 7).blurred(1.2), OldPhoto.of(clean, 7).jpeg(30))) {
                try (old;
                        Picture before = old.picture();
                        Picture after = restored(before, 0.7)) {
                    assertThat(Likeness.psnr(clean.mat(), after.mat()))
                            .isGreaterThan(Likeness.psnr(clean.mat(), before.mat()));
                }
            }
        }
    }

    @Test
    void a_strip_thousands_of_times_longer_than_high_is_a_picture_like_others() {
        try (Picture strip = Picture.of(new Mat(3, 9_000, CV_8UC3, Scalar.all(90)))) {
            EngineRequest request = new EngineRequest(strip, true, true, List.of(), 0.7, Attempts.NONE);
            try (Picture after =
                    ENGINE.run(request, Progress.unheard(), new Stop()).picture()) {
                assertThat(PictureSize.of(after)).isEqualTo(PictureSize.of(strip));
            }
        }
    }

    @Test
    void at_strength_zero_next_to_nothing_changes() {
        try (Picture clean = TestPhotos.picture("grace_hopper");
                OldPhoto old =
                        OldPhoto.of(clean, 7).faded(BLACK, WHITE).grain(6).scratches(8);
                Picture before = old.picture();
                Picture after = restored(before, 0)) {
            assertThat(norm(before.mat(), after.mat(), NORM_INF, new Mat())).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void at_strength_zero_nothing_is_said_of_damage_that_nobody_looked_for() {
        try (Picture clean = TestPhotos.picture("grace_hopper");
                OldPhoto old = OldPhoto.of(clean, 7).scratches(8)) {
            EngineRequest request = new EngineRequest(old.picture(), true, false, List.of(), 0, Attempts.NONE);
            EngineResult result = ENGINE.run(request, Progress.unheard(), new Stop());
            result.picture().close();
            assertThat(result.report())
                    .singleElement()
                    .asString()
                    .contains("strength of 0")
                    .doesNotContain("Found no");
        }
    }

    @Test
    void more_strength_takes_more_noise_away() {
        try (Picture clean = TestPhotos.picture("camera");
                OldPhoto old = OldPhoto.of(clean, 7).greyGrain(8);
                Picture before = old.picture();
                Picture gentle = restored(before, 0.1);
                Picture strong = restored(before, 1)) {
            double left = Noise.of(Luminance.of(strong.mat()));
            assertThat(left).isLessThan(Noise.of(Luminance.of(gentle.mat())));
            assertThat(left).isLessThan(0.5 * Noise.of(Luminance.of(before.mat())));
        }
    }

    @Test
    void a_grey_photo_stays_exactly_grey() {
        try (Picture clean = TestPhotos.picture("astronaut");
                OldPhoto old =
                        OldPhoto.of(clean, 3).grey().greyGrain(5).scratches(6).dust(30);
                Picture before = old.picture();
                Picture after = restored(before, 1)) {
            assertThat(channelsApart(after.mat())).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void a_sepia_photo_keeps_its_tone() {
        try (Picture clean = TestPhotos.picture("grace_hopper");
                OldPhoto old = OldPhoto.of(clean, 3).sepia().greyGrain(5);
                Picture before = old.picture();
                Picture after = restored(before, 0.7)) {
            assertThat(Toning.of(after.mat())).isEqualTo(Toning.TONED);
            Mat[] was = LabColours.chroma(before.mat());
            Mat[] is = LabColours.chroma(after.mat());
            for (int channel = 0; channel < 2; channel++) {
                double shift =
                        org.bytedeco.opencv.global.opencv_core.mean(is[channel]).get(0)
                                - org.bytedeco
                                        .opencv
                                        .global
                                        .opencv_core
                                        .mean(was[channel])
                                        .get(0);
                assertThat(Math.abs(shift)).as("shift of chroma").isLessThan(4);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"astronaut", "grace_hopper"})
    void a_face_never_gets_worse(String name) {
        try (Picture clean = TestPhotos.picture(name);
                OldPhoto old = OldPhoto.of(clean, 11).grain(5).scratches(10).dust(60);
                Picture before = old.picture();
                Picture after = restored(before, 0.7)) {
            Face face = new FaceFinder().find(clean, new Stop()).getFirst();
            Rect area = new Rect(face.x(), face.y(), face.size(), face.size());
            // What was scratched can only win; here it is the rest of the face that counts.
            Mat scratched = new Mat();
            dilate(old.damage(), scratched, getStructuringElement(MORPH_ELLIPSE, new Size(7, 7)));
            clean.mat().copyTo(before.mat(), scratched);
            clean.mat().copyTo(after.mat(), scratched);
            double was = Likeness.psnr(new Mat(clean.mat(), area), new Mat(before.mat(), area));
            double is = Likeness.psnr(new Mat(clean.mat(), area), new Mat(after.mat(), area));
            assertThat(is).isGreaterThanOrEqualTo(was);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"astronaut", "grace_hopper"})
    void no_damage_is_ever_seen_in_a_clean_face(String name) {
        try (Picture clean = TestPhotos.picture(name);
                Mat luminance = Luminance.of(clean.mat())) {
            List<Face> faces = new FaceFinder().find(clean, new Stop());
            Face face = faces.getFirst();
            assertThat(face.sure()).isTrue();
            try (Mat mask = EmbeddedEngine.detector().find(luminance, faces, 0, new Stop())) {
                Mat inFace = new Mat(mask, new Rect(face.x(), face.y(), face.size(), face.size()));
                assertThat(org.bytedeco.opencv.global.opencv_core.countNonZero(inFace))
                        .isZero();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"astronaut", "grace_hopper", "chelsea", "coffee", "camera", "rocket"})
    void little_is_taken_for_damage_that_is_none(String name) {
        try (Picture clean = TestPhotos.picture(name);
                Mat luminance = Luminance.of(clean.mat());
                Mat mask = EmbeddedEngine.detector()
                        .find(luminance, new FaceFinder().find(clean, new Stop()), 0, new Stop())) {
            double share = (double) org.bytedeco.opencv.global.opencv_core.countNonZero(mask) / mask.total();
            assertThat(share).isLessThan(0.01);
        }
    }

    @Test
    void progress_rises_to_the_end() {
        List<Double> told = new ArrayList<>();
        try (Picture clean = TestPhotos.picture("chelsea");
                OldPhoto old = OldPhoto.of(clean, 3).grain(8).scratches(5);
                Picture before = old.picture()) {
            EngineRequest request = new EngineRequest(before, true, true, List.of(), 0.7, Attempts.NONE);
            ENGINE.run(request, Progress.to(told::add), new Stop()).picture().close();
        }
        assertThat(told).isSorted().hasSizeGreaterThan(5).last().isEqualTo(1.0);
    }

    @Test
    @Tag("JOB-03")
    void it_works_less_than_a_second_on_after_a_stop_in_the_middle_of_a_large_picture() {
        Stop stop = new Stop();
        try (Picture clean = TestPhotos.picture("grace_hopper");
                OldPhoto old = OldPhoto.of(clean, 3).grain(8);
                Picture small = old.picture()) {
            Mat large = new Mat();
            resize(small.mat(), large, new Size(3000, 3500), 0, 0, INTER_CUBIC);
            try (Picture picture = Picture.of(large);
                    OldPhoto noisy = OldPhoto.of(picture, 5).grain(9);
                    Picture before = noisy.picture()) {
                EngineRequest request = new EngineRequest(before, true, false, List.of(), 0.7, Attempts.NONE);
                Thread canceller = Thread.ofVirtual().unstarted(() -> stop.request(Stop.Cause.CANCELLED));
                long[] asked = new long[1];
                Progress cancelling = Progress.to(fraction -> {
                    // Denoising, by far the longest step, is under way.
                    if (fraction > 0.32 && asked[0] == 0) {
                        asked[0] = worked();
                        canceller.start();
                    }
                });
                Stop.Stopped stopped =
                        catchThrowableOfType(Stop.Stopped.class, () -> ENGINE.run(request, cancelling, stop));
                assertThat(stopped.why()).isEqualTo(Stop.Cause.CANCELLED);
                assertThat(TimeUnit.NANOSECONDS.toMillis(worked() - asked[0])).isLessThan(1_000);
            }
        }
        canceled(stop);
    }

    /** Processor time of this thread in ns: what others do on the machine does not count. */
    private static long worked() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static void canceled(Stop stop) {
        assertThat(stop.cause()).isEqualTo(Stop.Cause.CANCELLED);
    }
}
