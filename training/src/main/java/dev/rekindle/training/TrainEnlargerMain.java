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

/** Trains the network that enlarges: folder of unpacked Debian packages, file to write, steps, seed. See RATIONALE.md. */
public final class TrainEnlargerMain implements Subject<EnlargerLessons.Batch> {
    private static final int BATCH = 8;
    private static final float RATE = 1.5e-3f;
    private static final int CHECKED_BATCHES = 8;
    private static final Shape SHAPE = new Shape(BATCH, 1, EnlargerLessons.SIDE, EnlargerLessons.SIDE);
    private static final Shape LABELS = new Shape(BATCH, 4, EnlargerLessons.SIDE, EnlargerLessons.SIDE);

    private final EnlargerNetwork network = new EnlargerNetwork();
    private final EnlargerLessons lessons;
    private final List<EnlargerLessons.Batch> clean;
    private final List<EnlargerLessons.Batch> aged;

    private TrainEnlargerMain(Path folder, long seed) throws IOException {
        List<Grey> shown = Photos.read(folder, Photos.Use.TRAIN, EnlargerLessons.sideMin() + 8, 1400, 900, 600, 400);
        List<Grey> heldBack = Photos.read(folder, Photos.Use.HELD_BACK, EnlargerLessons.sideMin() + 8, 1200, 700);
        this.lessons = new EnlargerLessons(shown, new SplittableRandom(seed), true);
        this.clean = questions(new EnlargerLessons(heldBack, new SplittableRandom(seed + 1), false));
        this.aged = questions(new EnlargerLessons(heldBack, new SplittableRandom(seed + 1), true));
    }

    private static List<EnlargerLessons.Batch> questions(EnlargerLessons exam) {
        return Stream.generate(() -> exam.batch(BATCH)).limit(CHECKED_BATCHES).toList();
    }

    public static void main(String[] args) throws Exception {
        if (args.length != 4) {
            System.err.println("Expected: folder of unpacked packages, file to write, steps, seed.");
            System.exit(2);
        }
        long seed = Long.parseLong(args[3]);
        TrainEnlargerMain subject = new TrainEnlargerMain(Path.of(args[0]), seed);
        new Training<>(subject, Path.of(args[1]), Integer.parseInt(args[2]), seed, System.out).run();
    }

    @Override
    public String description() {
        return "Enlarger";
    }

    @Override
    public TrainedNetwork network() {
        return network;
    }

    @Override
    public Loss loss() {
        return new EnlargerLoss();
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
    public EnlargerLessons.Batch lesson() {
        return lessons.batch(BATCH);
    }

    @Override
    public List<EnlargerLessons.Batch> questions() {
        return clean;
    }

    @Override
    public float[] inputs(EnlargerLessons.Batch batch) {
        return batch.inputs();
    }

    @Override
    public NDList labels(NDManager scope, EnlargerLessons.Batch batch) {
        return new NDList(scope.create(batch.lacking(), LABELS));
    }

    /** Interleaved: the file answers with one picture of twice the sides. */
    @Override
    public float[] asInFile(float[] answers) {
        int side = EnlargerLessons.SIDE;
        float[] interleaved = new float[answers.length];
        for (int at = 0; at < answers.length; at++) {
            int picture = at / (4 * side * side);
            int of = at / (side * side) % 4;
            int y = 2 * (at / side % side) + of / 2;
            int x = 2 * (at % side) + of % 2;
            interleaved[(picture * 2 * side + y) * 2 * side + x] = answers[at];
        }
        return interleaved;
    }

    /** What is gained over bicubic enlarging on the held-back photos, as they are and aged. */
    @Override
    public String grade(Function<EnlargerLessons.Batch, float[]> answers) {
        return String.format(
                Locale.ROOT, "over bicubic %.2f dB, aged %.2f dB", gain(clean, answers), gain(aged, answers));
    }

    private static double gain(
            List<EnlargerLessons.Batch> questions, Function<EnlargerLessons.Batch, float[]> answers) {
        int side = EnlargerLessons.SIDE;
        int border = EnlargerLoss.BORDER;
        double bicubic = 0;
        double ours = 0;
        for (EnlargerLessons.Batch batch : questions) {
            float[] answer = answers.apply(batch);
            for (int at = 0; at < answer.length; at++) {
                int x = at % side;
                int y = at / side % side;
                if (Math.min(x, y) >= border && Math.max(x, y) < side - border) {
                    double lacking = batch.lacking()[at];
                    bicubic += lacking * lacking;
                    ours += (lacking - answer[at]) * (lacking - answer[at]);
                }
            }
        }
        return 10 * Math.log10(bicubic / ours);
    }
}
