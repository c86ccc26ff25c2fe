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
import java.util.stream.Stream;

/**
 * Grades damage masks that are files on photos never learned from: folder of unpacked Debian packages, one or two ONNX files. Each
 * with one look and with the mean of four, and two together as the engine uses them, which takes the mean of two looks by each.
 */
public final class GradeMaskMain {
    private static final int EXAMPLES = 600;
    private static final long SEED = 99;
    private static final int SIDE = Lessons.SIDE;
    private static final int WAYS = 4;

    private GradeMaskMain() {}

    public static void main(String[] args) throws Exception {
        if (args.length < 2 || args.length > 3) {
            System.err.println("Expected: folder of unpacked packages, one or two ONNX files.");
            System.exit(2);
        }
        List<Grey> photos = Photos.read(Path.of(args[0]), Photos.Use.HELD_BACK, SIDE + 8, 1200, 700);
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession first = environment.createSession(args[1]);
                OrtSession last = environment.createSession(args[args.length - 1])) {
            for (Lessons.Recipe recipe : Lessons.Recipe.values()) {
                grade(environment, first, recipe, photos, "first");
                if (args.length == 3) {
                    grade(environment, last, recipe, photos, "second");
                    MaskGrade both = new MaskGrade();
                    for (Lessons.Batch example : examples(photos, recipe)) {
                        both.add(example, seenInFourWays(environment, List.of(first, last), example.inputs()));
                    }
                    System.out.printf("%-7s both, two looks each   %s%n", recipe, both);
                }
            }
        }
    }

    private static void grade(
            OrtEnvironment environment, OrtSession model, Lessons.Recipe recipe, List<Grey> photos, String name)
            throws OrtException {
        MaskGrade one = new MaskGrade();
        MaskGrade four = new MaskGrade();
        for (Lessons.Batch example : examples(photos, recipe)) {
            one.add(example, seen(environment, model, example.inputs()));
            four.add(example, seenInFourWays(environment, List.of(model), example.inputs()));
        }
        System.out.printf("%-7s %-6s, one look       %s%n", recipe, name, one);
        System.out.printf("%-7s %-6s, four looks     %s%n", recipe, name, four);
    }

    /** The same for everyone: they are drawn by a seed. */
    private static List<Lessons.Batch> examples(List<Grey> photos, Lessons.Recipe recipe) {
        Lessons lessons = new Lessons(photos, recipe, new SplittableRandom(SEED));
        return Stream.generate(() -> lessons.batch(1)).limit(EXAMPLES).toList();
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

    /** As it is, mirrored twice, and turned over its diagonal; of two models each takes half of the looks. */
    private static float[] seenInFourWays(OrtEnvironment environment, List<OrtSession> models, float[] inputs)
            throws OrtException {
        float[] mean = new float[inputs.length];
        for (int way = 0; way < WAYS; way++) {
            float[] turned = new float[inputs.length];
            for (int at = 0; at < turned.length; at++) {
                turned[at] = inputs[turned(at, way)];
            }
            float[] answers = seen(environment, models.get(way * models.size() / WAYS), turned);
            for (int at = 0; at < turned.length; at++) {
                mean[turned(at, way)] += answers[at] / WAYS;
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
