package dev.rekindle.training;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Grades a damage mask that is a file on photos never learned from: folder of unpacked Debian packages, ONNX file. As it is, and
 * as the engine uses it, which takes the mean of four looks.
 */
public final class GradeMaskMain {
    private static final int EXAMPLES = 600;
    private static final long SEED = 99;
    private static final int SIDE = Lessons.SIDE;

    private GradeMaskMain() {}

    public static void main(String[] args) throws Exception {
        if (args.length < 2) {
            System.err.println("Expected: folder of unpacked packages, ONNX file.");
            System.exit(2);
        }
        List<Grey> photos = Photos.read(Path.of(args[0]), Photos.Use.HELD_BACK, SIDE + 8, 1200, 700);
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(args[1])) {
            for (Lessons.Recipe recipe : Lessons.Recipe.values()) {
                Lessons lessons = new Lessons(photos, recipe, new SplittableRandom(SEED));
                MaskGrade one = new MaskGrade();
                MaskGrade four = new MaskGrade();
                for (int i = 0; i < EXAMPLES; i++) {
                    Lessons.Batch example = lessons.batch(1);
                    one.add(example, seen(environment, session, example.inputs()));
                    four.add(example, seenInFourWays(environment, session, example.inputs()));
                }
                System.out.printf("%-6s one look    %s%n", recipe, one);
                System.out.printf("%-6s four looks  %s%n", recipe, four);
            }
        }
    }

    private static float[] seen(OrtEnvironment environment, OrtSession session, float[] inputs) throws OrtException {
        long[] shape = {1, 1, SIDE, SIDE};
        try (OnnxTensor tensor = OnnxTensor.createTensor(environment, FloatBuffer.wrap(inputs), shape);
                OrtSession.Result result = session.run(Map.of(OnnxGraph.INPUT, tensor))) {
            float[] answers = new float[inputs.length];
            ((OnnxTensor) result.get(0)).getFloatBuffer().get(answers);
            return answers;
        }
    }

    /** As it is, mirrored twice, and turned over its diagonal. */
    private static float[] seenInFourWays(OrtEnvironment environment, OrtSession session, float[] inputs)
            throws OrtException {
        float[] mean = new float[inputs.length];
        for (int way = 0; way < 4; way++) {
            float[] turned = new float[inputs.length];
            for (int at = 0; at < turned.length; at++) {
                turned[at] = inputs[turned(at, way)];
            }
            float[] answers = seen(environment, session, turned);
            for (int at = 0; at < turned.length; at++) {
                mean[turned(at, way)] += answers[at] / 4;
            }
        }
        return mean;
    }

    private static int turned(int at, int way) {
        int y = at / SIDE;
        int x = at % SIDE;
        return switch (way) {
            case 0 -> at;
            case 1 -> y * SIDE + SIDE - 1 - x;
            case 2 -> (SIDE - 1 - y) * SIDE + x;
            default -> x * SIDE + y;
        };
    }
}
