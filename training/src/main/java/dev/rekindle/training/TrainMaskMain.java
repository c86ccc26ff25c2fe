package dev.rekindle.training;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.optimizer.Adam;
import ai.djl.training.tracker.Tracker;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.google.errorprone.annotations.FormatMethod;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** Trains the damage mask: folder of unpacked Debian packages, file to write, steps, seed. See the README beside. */
public final class TrainMaskMain {
    private static final int BATCH = 16;
    private static final float RATE = 2e-3f;
    private static final int SAY_EVERY = 10;
    private static final double GRADIENT_LENGTH_MAX = 50;
    private static final int CHECK_EVERY = 100;
    private static final int CHECKED_BATCHES = 6;
    private static final double DIFFERENCE_MAX = 1e-4;

    private final Path folder;
    private final Path target;
    private final int steps;
    private final long seed;

    private TrainMaskMain(String[] args) {
        this.folder = Path.of(args[0]);
        this.target = Path.of(args[1]);
        this.steps = Integer.parseInt(args[2]);
        this.seed = Long.parseLong(args[3]);
    }

    public static void main(String[] args) throws Exception {
        if (args.length != 4) {
            System.err.println("Expected: folder of unpacked packages, file to write, steps, seed.");
            System.exit(2);
        }
        new TrainMaskMain(args).run();
    }

    @FormatMethod
    private static void say(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }

    private void run() throws Exception {
        Lessons lessons = new Lessons(
                Photos.read(folder, Photos.Use.TRAIN, Lessons.SIDE + 8, 1400, 900, 600, 400),
                new SplittableRandom(seed));
        Lessons exam = new Lessons(
                Photos.read(folder, Photos.Use.HELD_BACK, Lessons.SIDE + 8, 1200, 700), new SplittableRandom(seed + 1));
        Lessons.Batch[] questions = new Lessons.Batch[CHECKED_BATCHES];
        java.util.Arrays.setAll(questions, i -> exam.batch(BATCH));
        BlockingQueue<Lessons.Batch> ready = new ArrayBlockingQueue<>(4);
        Thread.ofPlatform().daemon().start(() -> {
            try {
                for (int step = 0; step < steps; step++) {
                    ready.put(lessons.batch(BATCH));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Engine.getEngine("PyTorch").setRandomSeed((int) seed);
        MaskNetwork network = new MaskNetwork();
        try (Model model = Model.newInstance("damage", "PyTorch")) {
            model.setBlock(network);
            Tracker rate = Tracker.cosine()
                    .setBaseValue(RATE)
                    .optFinalValue(RATE / 100)
                    .setMaxUpdates(steps)
                    .build();
            DefaultTrainingConfig config = new DefaultTrainingConfig(new MaskLoss())
                    .optOptimizer(Adam.builder().optLearningRateTracker(rate).build());
            try (Trainer trainer = model.newTrainer(config)) {
                trainer.initialize(new Shape(BATCH, 1, Lessons.SIDE, Lessons.SIDE));
                learn(trainer, network, ready, questions);
            }
        }
    }

    private void learn(
            Trainer trainer, MaskNetwork network, BlockingQueue<Lessons.Batch> ready, Lessons.Batch[] questions)
            throws Exception {
        // oneDNN was seen to compute some convolutions wrongly on some processors; better to know now than after an
        // hour.
        difference(trainer, network.toOnnx("untrained"), questions[0]);
        long started = System.nanoTime();
        double loss = 0;
        int skipped = 0;
        for (int step = 1; step <= steps; step++) {
            Lessons.Batch batch = ready.take();
            try (NDManager scope = trainer.getManager().newSubManager()) {
                try (GradientCollector gradients = trainer.newGradientCollector()) {
                    NDList answers = trainer.forward(inputs(scope, batch));
                    ai.djl.ndarray.NDArray value = trainer.getLoss().evaluate(labels(scope, batch), answers);
                    gradients.backward(value);
                    loss = step == 1 ? value.getFloat() : 0.95 * loss + 0.05 * value.getFloat();
                    answers.close();
                    value.close();
                }
                // PyTorch's convolutions were seen to give gradients that are no numbers, rarely and by chance.
                if (network.gradientLength() < GRADIENT_LENGTH_MAX) {
                    trainer.step();
                } else {
                    skipped++;
                    network.forgetGradients();
                }
            }
            if (step % SAY_EVERY == 0) {
                say("step %d, %.0f s, loss %.4f, %d skipped", step, (System.nanoTime() - started) / 1e9, loss, skipped);
            }
            if (step % CHECK_EVERY == 0 || step == steps) {
                say(
                        "step %d, %.0f s, loss %.4f, %s",
                        step, (System.nanoTime() - started) / 1e9, loss, grade(trainer, questions));
                byte[] onnx =
                        network.toOnnx("Damage mask of Rekindle: seed " + seed + ", " + step + " steps. Apache-2.0.");
                say("ONNX differs by at most %.2g", difference(trainer, onnx, questions[0]));
                Files.write(target, onnx);
            }
        }
    }

    private static NDList inputs(NDManager scope, Lessons.Batch batch) {
        return new NDList(scope.create(batch.inputs(), shape(batch.count())));
    }

    private static NDList labels(NDManager scope, Lessons.Batch batch) {
        Shape shape = shape(batch.count());
        return new NDList(scope.create(batch.marks(), shape), scope.create(batch.weights(), shape));
    }

    private static Shape shape(int count) {
        return new Shape(count, 1, Lessons.SIDE, Lessons.SIDE);
    }

    private static float[] answers(Trainer trainer, Lessons.Batch batch) {
        try (NDManager scope = trainer.getManager().newSubManager();
                NDList answers = trainer.evaluate(inputs(scope, batch))) {
            return answers.singletonOrThrow().toFloatArray();
        }
    }

    /** Recall and precision on the held-back photos at a few thresholds. */
    private static String grade(Trainer trainer, Lessons.Batch[] questions) {
        double[] thresholds = {0.3, 0.5, 0.7, 0.85};
        long[] right = new long[thresholds.length];
        long[] marked = new long[thresholds.length];
        long damaged = 0;
        for (Lessons.Batch batch : questions) {
            float[] answers = answers(trainer, batch);
            for (int at = 0; at < answers.length; at++) {
                if (batch.weights()[at] > 0) {
                    boolean damage = batch.marks()[at] > 0;
                    damaged += damage ? 1 : 0;
                    double sure = 1 / (1 + Math.exp(-answers[at]));
                    for (int i = 0; i < thresholds.length; i++) {
                        marked[i] += sure > thresholds[i] ? 1 : 0;
                        right[i] += sure > thresholds[i] && damage ? 1 : 0;
                    }
                }
            }
        }
        StringBuilder grade = new StringBuilder("recall/precision");
        for (int i = 0; i < thresholds.length; i++) {
            grade.append(String.format(
                    Locale.ROOT,
                    " @%.2f %.3f/%.3f",
                    thresholds[i],
                    (double) right[i] / damaged,
                    (double) right[i] / Math.max(1, marked[i])));
        }
        return grade.toString();
    }

    /** The largest difference between what PyTorch and what the ONNX file says; too large a one is an error. */
    private static double difference(Trainer trainer, byte[] onnx, Lessons.Batch batch)
            throws OrtException, IOException {
        float[] logits = answers(trainer, batch);
        int area = Lessons.SIDE * Lessons.SIDE;
        double largest = 0;
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(onnx)) {
            for (int i = 0; i < batch.count(); i++) {
                long[] shape = {1, 1, Lessons.SIDE, Lessons.SIDE};
                FloatBuffer input =
                        FloatBuffer.wrap(batch.inputs(), i * area, area).slice();
                try (OnnxTensor tensor = OnnxTensor.createTensor(environment, input, shape);
                        OrtSession.Result result = session.run(Map.of("picture", tensor))) {
                    FloatBuffer damage = ((OnnxTensor) result.get(0)).getFloatBuffer();
                    for (int at = 0; at < area; at++) {
                        double expected = 1 / (1 + Math.exp(-logits[i * area + at]));
                        largest = Math.max(largest, Math.abs(expected - damage.get(at)));
                    }
                }
            }
        }
        if (largest > DIFFERENCE_MAX) {
            throw new IOException("PyTorch and ONNX Runtime differ by " + largest + "; at most " + DIFFERENCE_MAX
                    + " is rounding. One computes wrongly on this processor: try ONEDNN_MAX_CPU_ISA=AVX2.");
        }
        return largest;
    }
}
