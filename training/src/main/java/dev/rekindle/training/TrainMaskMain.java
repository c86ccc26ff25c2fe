package dev.rekindle.training;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.loss.Loss;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Stream;

/** Trains the damage mask: folder of unpacked Debian packages, file to write, steps, seed, recipe. See RATIONALE.md. */
public final class TrainMaskMain implements Subject<Lessons.Batch> {
    private static final int BATCH = 16;
    private static final float RATE = 2e-3f;
    private static final int CHECKED_BATCHES = 6;
    private static final Shape SHAPE = new Shape(BATCH, 1, Lessons.SIDE, Lessons.SIDE);

    private final MaskNetwork network = new MaskNetwork();
    private final Lessons lessons;
    private final List<Lessons.Batch> questions;

    private TrainMaskMain(Path folder, long seed, Lessons.Recipe recipe) throws IOException {
        this.lessons = new Lessons(
                Photos.read(folder, Photos.Use.TRAIN, Lessons.SIDE + 8, 1400, 900, 600, 400),
                recipe,
                new SplittableRandom(seed));
        Lessons exam = new Lessons(
                Photos.read(folder, Photos.Use.HELD_BACK, Lessons.SIDE + 8, 1200, 700),
                recipe,
                new SplittableRandom(seed + 1));
        this.questions =
                Stream.generate(() -> exam.batch(BATCH)).limit(CHECKED_BATCHES).toList();
    }

    public static void main(String[] args) throws Exception {
        if (args.length != 5) {
            System.err.println(
                    "Expected: folder of unpacked packages, file to write, steps, seed, recipe (all, cracked or plain).");
            System.exit(2);
        }
        long seed = Long.parseLong(args[3]);
        TrainMaskMain subject =
                new TrainMaskMain(Path.of(args[0]), seed, Lessons.Recipe.valueOf(args[4].toUpperCase(Locale.ROOT)));
        new Training<>(subject, Path.of(args[1]), Integer.parseInt(args[2]), seed, System.out).run();
    }

    @Override
    public String description() {
        return "Damage mask";
    }

    @Override
    public TrainedNetwork network() {
        return network;
    }

    @Override
    public Loss loss() {
        return new MaskLoss();
    }

    @Override
    public float rate() {
        return RATE;
    }

    @Override
    public Shape inputShape() {
        return SHAPE;
    }

    @Override
    public Lessons.Batch lesson() {
        return lessons.batch(BATCH);
    }

    @Override
    public List<Lessons.Batch> questions() {
        return questions;
    }

    @Override
    public float[] inputs(Lessons.Batch batch) {
        return batch.inputs();
    }

    @Override
    public NDList labels(NDManager scope, Lessons.Batch batch) {
        return new NDList(scope.create(batch.marks(), SHAPE), scope.create(batch.weights(), SHAPE));
    }

    @Override
    public float[] asInFile(float[] logits) {
        float[] probabilities = new float[logits.length];
        for (int at = 0; at < logits.length; at++) {
            probabilities[at] = (float) probability(logits[at]);
        }
        return probabilities;
    }

    private static double probability(float logit) {
        return 1 / (1 + Math.exp(-logit));
    }

    /** Recall and precision on the held-back photos at a few thresholds. */
    @Override
    public String grade(Function<Lessons.Batch, float[]> answers) {
        MaskGrade grade = new MaskGrade();
        for (Lessons.Batch batch : questions) {
            grade.add(batch, asInFile(answers.apply(batch)));
        }
        return grade.toString();
    }
}
