package dev.rekindle.training;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
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
import java.io.PrintStream;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** Trains a network step by step, and at every check grades it and writes it as ONNX. */
final class Training<B> {
    private static final int SAY_EVERY = 10;
    private static final double GRADIENT_LENGTH_MAX = 50;
    private static final int CHECK_EVERY = 100;
    private static final double DIFFERENCE_MAX = 1e-4;

    private final Subject<B> subject;
    private final Path target;
    private final int steps;
    private final long seed;
    private final PrintStream out;

    /**
     * A training.
     *
     * @param target the ONNX file to write
     * @param out told how it goes, line by line
     */
    Training(Subject<B> subject, Path target, int steps, long seed, PrintStream out) {
        this.subject = subject;
        this.target = target;
        this.steps = steps;
        this.seed = seed;
        this.out = out;
    }

    @FormatMethod
    private void say(String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
    }

    void run() throws Exception {
        BlockingQueue<B> ready = new ArrayBlockingQueue<>(4);
        Thread.ofPlatform().daemon().start(() -> {
            try {
                for (int step = 0; step < steps; step++) {
                    ready.put(subject.lesson());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Engine.getEngine("PyTorch").setRandomSeed((int) seed);
        TrainedNetwork network = subject.network();
        try (Model model = Model.newInstance("network", "PyTorch")) {
            model.setBlock(network);
            Tracker rate = Tracker.cosine()
                    .setBaseValue(subject.rate())
                    .optFinalValue(subject.rate() / 100)
                    .setMaxUpdates(steps)
                    .build();
            DefaultTrainingConfig config = new DefaultTrainingConfig(subject.loss())
                    .optOptimizer(Adam.builder().optLearningRateTracker(rate).build());
            try (Trainer trainer = model.newTrainer(config)) {
                trainer.initialize(subject.inputShape());
                learn(trainer, network, ready);
            }
        }
    }

    private void learn(Trainer trainer, TrainedNetwork network, BlockingQueue<B> ready) throws Exception {
        B question = subject.questions().getFirst();
        // oneDNN was seen to compute some convolutions wrongly on some processors; better to know now than after an
        // hour.
        difference(trainer, network.toOnnx("untrained"), question);
        long started = System.nanoTime();
        double loss = 0;
        int skipped = 0;
        for (int step = 1; step <= steps; step++) {
            B batch = ready.take();
            try (NDManager scope = trainer.getManager().newSubManager()) {
                try (GradientCollector gradients = trainer.newGradientCollector()) {
                    NDList answers = trainer.forward(inputs(scope, batch));
                    NDArray value = trainer.getLoss().evaluate(subject.labels(scope, batch), answers);
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
            double seconds = (System.nanoTime() - started) / 1e9;
            if (step % SAY_EVERY == 0) {
                say("step %d, %.0f s, loss %.4f, %d skipped", step, seconds, loss, skipped);
            }
            if (step % CHECK_EVERY == 0 || step == steps) {
                String grade = subject.grade(asked -> answers(trainer, asked));
                say("step %d, %.0f s, loss %.4f, %s", step, seconds, loss, grade);
                byte[] onnx = network.toOnnx(
                        subject.description() + " of Rekindle: seed " + seed + ", " + step + " steps. Apache-2.0.");
                say("ONNX differs by at most %.2g", difference(trainer, onnx, question));
                Files.write(target, onnx);
            }
        }
    }

    private NDList inputs(NDManager scope, B batch) {
        return new NDList(scope.create(subject.inputs(batch), subject.inputShape()));
    }

    private float[] answers(Trainer trainer, B batch) {
        try (NDManager scope = trainer.getManager().newSubManager();
                NDList answers = trainer.evaluate(inputs(scope, batch))) {
            return answers.singletonOrThrow().toFloatArray();
        }
    }

    /** The largest difference between what PyTorch and what the ONNX file says; too large a one is an error. */
    private double difference(Trainer trainer, byte[] onnx, B batch) throws OrtException, IOException {
        float[] expected = subject.asInFile(answers(trainer, batch));
        Shape inputs = subject.inputShape();
        int count = (int) inputs.get(0);
        int area = (int) inputs.slice(1).size();
        int each = expected.length / count;
        double largest = 0;
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(onnx)) {
            for (int i = 0; i < count; i++) {
                long[] shape = {1, inputs.get(1), inputs.get(2), inputs.get(3)};
                FloatBuffer input =
                        FloatBuffer.wrap(subject.inputs(batch), i * area, area).slice();
                try (OnnxTensor tensor = OnnxTensor.createTensor(environment, input, shape);
                        OrtSession.Result result = session.run(Map.of(OnnxGraph.INPUT, tensor))) {
                    FloatBuffer said = ((OnnxTensor) result.get(0)).getFloatBuffer();
                    for (int at = 0; at < each; at++) {
                        largest = Math.max(largest, Math.abs(expected[i * each + at] - said.get(at)));
                    }
                }
            }
        }
        // Not "larger than": what is no number is an error, too.
        if (!(largest <= DIFFERENCE_MAX)) {
            throw new IOException("PyTorch and ONNX Runtime differ by " + largest + "; at most " + DIFFERENCE_MAX
                    + " is rounding. One computes wrongly on this processor: try ONEDNN_MAX_CPU_ISA=AVX2.");
        }
        return largest;
    }
}
