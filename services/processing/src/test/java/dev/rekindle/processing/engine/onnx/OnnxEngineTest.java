package dev.rekindle.processing.engine.onnx;

import static dev.rekindle.processing.engine.onnx.OnnxRoom.ATTEMPT;
import static dev.rekindle.processing.engine.onnx.OnnxRoom.coffee;
import static dev.rekindle.processing.engine.onnx.OnnxRoom.difference;
import static dev.rekindle.processing.engine.onnx.OnnxRoom.grey;
import static dev.rekindle.processing.engine.onnx.OnnxRoom.restoration;
import static dev.rekindle.processing.engine.onnx.OnnxRoom.run;
import static dev.rekindle.processing.engine.onnx.OnnxRoom.scratched;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.bytedeco.opencv.global.opencv_core.NORM_INF;
import static org.bytedeco.opencv.global.opencv_core.mean;
import static org.bytedeco.opencv.global.opencv_core.norm;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Point;
import dev.rekindle.jobs.v1.ColourHint;
import dev.rekindle.processing.engine.Engine;
import dev.rekindle.processing.engine.EngineRequest;
import dev.rekindle.processing.engine.EngineResult;
import dev.rekindle.processing.engine.LabColours;
import dev.rekindle.processing.engine.Luminance;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureSize;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.javacpp.indexer.UByteIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of photos by models whose every number is known. */
@Tag("AI-03")
class OnnxEngineTest {
    private ModelsFolder models;
    private OnnxRoom room;

    @BeforeEach
    void open(@TempDir Path folder) {
        models = new ModelsFolder(folder);
        room = new OnnxRoom(models);
    }

    @AfterEach
    void close() {
        room.close();
    }

    private Engine engine(JobType type) {
        return room.engine(type);
    }

    private static EngineRequest colourization(Picture picture, ColourHint... hints) {
        return new EngineRequest(picture, false, true, List.of(hints), 0.7, ATTEMPT);
    }

    @Test
    void a_restoration_is_the_models_picture_without_a_seam() {
        models.put("blur", "restoration", OnnxFile.blurred(5));
        try (Picture photo = coffee()) {
            Engine engine = engine(JobType.JOB_TYPE_RESTORATION);
            assertThat(engine.name()).isEqualTo("onnx:blur");
            try (Picture tiled = run(engine, restoration(photo)).picture()) {
                models.put(
                        "blur",
                        "restoration",
                        OnnxFile.blurred(5),
                        manifest -> ModelsFolder.set(manifest, "tile", "{\"size\": 1024, \"halo\": 8, \"blend\": 8}"));
                EngineResult whole = run(engine(JobType.JOB_TYPE_RESTORATION), restoration(photo));
                assertThat(whole.report()).containsExactly("The model blur restored the picture.");
                assertThat(difference(photo, tiled)).isGreaterThan(20);
                assertThat(difference(whole.picture(), tiled)).isLessThanOrEqualTo(1);
                whole.picture().close();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"RGB, 1, 0.5, 0.25", "BGR, 0.25, 0.5, 1"})
    void channels_come_last_and_in_the_order_the_manifest_says(String order, double red, double green, double blue) {
        models.put("last", "restoration", OnnxFile.channelsLast(), manifest -> {
            ModelsFolder.set(manifest, "input.layout", "\"NHWC\"");
            ModelsFolder.set(manifest, "input.channels", "\"" + order + "\"");
            ModelsFolder.set(manifest, "output.channels", "\"" + order + "\"");
        });
        try (Picture photo = coffee();
                Picture result = run(engine(JobType.JOB_TYPE_RESTORATION), restoration(photo))
                        .picture();
                UByteIndexer before = photo.mat().createIndexer();
                UByteIndexer after = result.mat().createIndexer()) {
            for (int at = 0; at < 250; at += 9) {
                assertThat((double) after.get(at, at, 0)).isCloseTo(blue * before.get(at, at, 0), within(1.0));
                assertThat((double) after.get(at, at, 1)).isCloseTo(green * before.get(at, at, 1), within(1.0));
                assertThat((double) after.get(at, at, 2)).isCloseTo(red * before.get(at, at, 2), within(1.0));
            }
        }
    }

    @Test
    void numbers_of_sixteen_bits_mean_and_deviation_and_a_fixed_size_leave_a_picture_as_it_is() {
        models.put("half", "restoration", OnnxFile.half(), manifest -> {
            ModelsFolder.set(manifest, "input.dtype", "\"float16\"");
            ModelsFolder.set(manifest, "input.mean", "[0.5, 0.5, 0.5]");
            ModelsFolder.set(manifest, "input.std", "[0.25, 0.25, 0.25]");
            ModelsFolder.set(manifest, "output.range", "[-2, 2]");
        });
        try (Picture photo = coffee()) {
            try (Picture result = run(engine(JobType.JOB_TYPE_RESTORATION), restoration(photo))
                    .picture()) {
                assertThat(difference(photo, result)).isLessThanOrEqualTo(1);
            }
            models.put(
                    "half",
                    "restoration",
                    OnnxFile.fixed(64),
                    manifest -> ModelsFolder.set(manifest, "size", "{\"fixed\": [64, 64]}"));
            try (Picture result = run(engine(JobType.JOB_TYPE_RESTORATION), restoration(photo))
                    .picture()) {
                assertThat(difference(photo, result)).isZero();
            }
        }
    }

    @Test
    void a_residual_is_added_and_a_lower_strength_takes_less_of_it() {
        models.put("darker", "restoration", OnnxFile.same(), manifest -> {
            ModelsFolder.set(manifest, "output.channels", "\"residual\"");
            // Half of the picture, negative.
            ModelsFolder.set(manifest, "output.range", "[2, -2]");
        });
        Engine engine = engine(JobType.JOB_TYPE_RESTORATION);
        try (Picture photo = coffee();
                Picture full = run(engine, restoration(photo)).picture();
                Picture little = run(engine, new EngineRequest(photo, true, false, List.of(), 0.35, ATTEMPT))
                        .picture();
                UByteIndexer before = photo.mat().createIndexer();
                UByteIndexer after = full.mat().createIndexer();
                UByteIndexer between = little.mat().createIndexer()) {
            for (int at = 0; at < 250; at += 7) {
                double level = before.get(at, at, 2);
                assertThat((double) after.get(at, at, 2)).isCloseTo(0.5 * level, within(1.5));
                assertThat((double) between.get(at, at, 2)).isCloseTo(0.75 * level, within(1.5));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"RGB, 3", "L, 1"})
    void a_colourizers_ab_are_joined_with_the_photos_own_brightness(String shown, int channels) {
        models.putColourizer("paint", OnnxFile.chroma(channels, 12, 22), shown);
        Engine engine = engine(JobType.JOB_TYPE_COLOURIZATION);
        try (Picture coffee = coffee();
                Picture photo = grey(coffee)) {
            EngineResult result = run(engine, colourization(photo));
            assertThat(result.changed()).isTrue();
            assertThat(result.report())
                    .containsExactly("The model paint colourized the picture; its colours are a guess.");
            try (Picture painted = result.picture();
                    Mat before = Luminance.of(photo.mat());
                    Mat after = Luminance.of(painted.mat())) {
                Mat[] chroma = LabColours.chroma(painted.mat());
                try (FloatIndexer a = chroma[0].createIndexer();
                        FloatIndexer b = chroma[1].createIndexer();
                        UByteIndexer light = before.createIndexer();
                        UByteIndexer painting = after.createIndexer()) {
                    int looked = 0;
                    for (int at = 5; at < 250; at += 2) {
                        if (light.get(at, at) > 90 && light.get(at, at) < 190) {
                            assertThat(a.get(at, at)).isCloseTo(12, within(2f));
                            assertThat(b.get(at, at)).isCloseTo(22, within(2f));
                            assertThat(painting.get(at, at)).isCloseTo(light.get(at, at), within(12));
                            looked++;
                        }
                    }
                    assertThat(looked).isGreaterThan(5);
                }
            }
        }
    }

    @Test
    void a_photo_that_has_its_colours_keeps_them_and_marked_colours_are_followed() {
        models.putColourizer("paint", OnnxFile.chroma(3, 12, 22), "RGB");
        Engine engine = engine(JobType.JOB_TYPE_COLOURIZATION);
        try (Picture coffee = coffee();
                Picture photo = grey(coffee)) {
            EngineResult kept = run(engine, colourization(coffee));
            assertThat(kept.report()).containsExactly("The photo has its colours already; they were kept.");
            assertThat(difference(coffee, kept.picture())).isZero();
            kept.picture().close();
            EngineResult painted = run(engine, colourization(photo));
            ColourHint hint = ColourHint.newBuilder()
                    .setRgb(0x2040c0)
                    .addPoints(Point.newBuilder().setX(0.25).setY(0.75))
                    .build();
            EngineResult hinted = run(engine, colourization(photo, hint));
            assertThat(hinted.report()).containsExactly(painted.report().getFirst(), "Spread the 1 colour you marked.");
            // What no mark reaches keeps the model's colours, one tone over all as they are.
            Rect wood = new Rect(photo.width() * 4 / 5, 5, photo.width() / 6, photo.height() / 5);
            try (Mat of = new Mat(painted.picture().mat(), wood);
                    Mat now = new Mat(hinted.picture().mat(), wood)) {
                assertThat(norm(of, now, NORM_INF, new Mat())).isLessThan(3);
            }
            assertThat(difference(painted.picture(), hinted.picture())).isGreaterThan(20);
            painted.picture().close();
            hinted.picture().close();
        }
    }

    @Test
    void a_damage_mask_lets_our_own_mending_mend_and_the_job_says_so() {
        models.put("white", "damage_mask", OnnxFile.grey(), manifest -> {
            ModelsFolder.set(manifest, "output.channels", "\"mask\"");
            ModelsFolder.set(manifest, "output.threshold", "0.99");
        });
        Engine engine = engine(JobType.JOB_TYPE_RESTORATION);
        try (Picture scratched = scratched(2)) {
            EngineResult result = run(engine, restoration(scratched));
            try (Picture mended = result.picture();
                    Mat scratch = Luminance.of(new Mat(mended.mat(), new Rect(199, 30, 3, 200)));
                    Mat beside = Luminance.of(new Mat(mended.mat(), new Rect(206, 30, 3, 200)))) {
                double left = mean(scratch).get(0);
                double around = mean(beside).get(0);
                assertThat(left).isCloseTo(around, within(20.0));
            }
            assertThat(result.changed()).isTrue();
            assertThat(result.report().getFirst()).isEqualTo("The model white looked for damage.");
            assertThat(result.report().get(1)).startsWith("Mended scratches and dust on");
        }
    }

    @Test
    void a_model_that_is_shown_the_mask_changes_what_it_marks_and_nothing_else() {
        models.put(
                "fill",
                "restoration",
                OnnxFile.masked(0.2f),
                manifest -> ModelsFolder.set(manifest, "input.channels", "\"RGB+mask\""));
        models.put("white", "damage_mask", OnnxFile.grey(), manifest -> {
            ModelsFolder.set(manifest, "output.channels", "\"mask\"");
            ModelsFolder.set(manifest, "output.threshold", "0.99");
        });
        Engine engine = engine(JobType.JOB_TYPE_RESTORATION);
        assertThat(engine.name()).isEqualTo("onnx:white+fill");
        try (Picture scratched = scratched(1)) {
            try (Picture filled = run(engine, restoration(scratched)).picture();
                    UByteIndexer before = scratched.mat().createIndexer();
                    UByteIndexer after = filled.mat().createIndexer()) {
                for (int y = 30; y < 250; y += 11) {
                    assertThat(after.get(y, 200, 1)).isCloseTo(204, within(1));
                    assertThat(before.get(y, 150, 1)).isLessThan(250);
                    assertThat(after.get(y, 150, 1)).isEqualTo(before.get(y, 150, 1));
                }
            }
        }
    }

    @Test
    void a_small_photo_is_enlarged_into_its_tiers_size_and_a_large_one_left() {
        models.put(
                "double", "upscaling", OnnxFile.doubled(), manifest -> ModelsFolder.set(manifest, "output.scale", "2"));
        Engine engine = engine(JobType.JOB_TYPE_RESTORATION);
        assertThat(engine.enlargement()).isEqualTo(2);
        try (Picture photo = coffee()) {
            PictureSize box = new PictureSize(854, 480);
            EngineRequest request =
                    new EngineRequest(new EngineRequest.Canvas(photo, box), true, false, List.of(), 0, ATTEMPT);
            EngineResult result = run(engine, request);
            try (Picture large = result.picture()) {
                assertThat(PictureSize.of(large))
                        .isEqualTo(new PictureSize(2 * photo.width(), 2 * photo.height()).fittedInto(box));
                assertThat(large.pixels()).isGreaterThan(2 * photo.pixels());
            }
            assertThat(result.report()).anyMatch(line -> line.startsWith("The model double enlarged the picture to "));
            EngineResult left = run(engine, restoration(photo));
            assertThat(PictureSize.of(left.picture())).isEqualTo(PictureSize.of(photo));
            assertThat(left.report()).contains("The picture was left at its size.");
            left.picture().close();
        }
    }

    @Test
    @Tag("AI-02")
    void enlarging_comes_last_and_once_by_the_own_engine_where_no_model_is_for_it() {
        models.putColourizer("paint", OnnxFile.chroma(3, 12, 22), "RGB");
        try (Picture coffee = coffee();
                Picture photo = grey(coffee)) {
            PictureSize box = new PictureSize(854, 480);
            EngineRequest request =
                    new EngineRequest(new EngineRequest.Canvas(photo, box), true, true, List.of(), 0.7, ATTEMPT);
            PictureSize expected = new PictureSize(2 * photo.width(), 2 * photo.height()).fittedInto(box);
            Engine engine = engine(JobType.JOB_TYPE_COMBINED);
            assertThat(engine.enlargement()).isEqualTo(2);
            EngineResult own = run(engine, request);
            assertThat(PictureSize.of(own.picture())).isEqualTo(expected);
            assertThat(own.report()).last().asString().startsWith("Enlarged the picture to " + expected);
            assertThat(own.report())
                    .filteredOn(line -> line.contains("nlarged"))
                    .hasSize(1);
            own.picture().close();
            models.put(
                    "double",
                    "upscaling",
                    OnnxFile.doubled(),
                    manifest -> ModelsFolder.set(manifest, "output.scale", "2"));
            EngineResult model = run(engine(JobType.JOB_TYPE_COMBINED), request);
            assertThat(PictureSize.of(model.picture())).isEqualTo(expected);
            assertThat(model.report())
                    .filteredOn(line -> line.contains("nlarged"))
                    .singleElement()
                    .asString()
                    .startsWith("The model double enlarged");
            model.picture().close();
        }
    }

    @Test
    void what_no_model_is_for_the_own_engine_does_and_it_is_promised_so() {
        models.putColourizer("paint", OnnxFile.chroma(3, 12, 22), "RGB");
        List<Engine> engines = room.engines();
        assertThat(engines).singleElement().satisfies(engine -> {
            assertThat(engine.name()).isEqualTo("onnx:paint");
            assertThat(engine.jobTypes())
                    .containsExactlyInAnyOrder(JobType.JOB_TYPE_COLOURIZATION, JobType.JOB_TYPE_COMBINED);
            assertThat(engine.describe().getPromisesOrThrow("JOB_TYPE_COMBINED"))
                    .contains(
                            "Rekindle's own engine mends",
                            "Rekindle's own engine enlarges small photos",
                            "The model paint gives full colour");
        });
        try (Picture coffee = coffee();
                Picture photo = grey(coffee)) {
            EngineResult both = run(engines.getFirst(), new EngineRequest(photo, true, true, List.of(), 0.7, ATTEMPT));
            assertThat(both.report())
                    .anyMatch(line -> line.contains("scratches"))
                    .anyMatch(line -> line.startsWith("The model paint colourized"));
            both.picture().close();
        }
    }
}
