package dev.rekindle.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the writer writes, ONNX Runtime reads and computes as it should. */
class OnnxGraphTest {
    private static final int SIDE = 4;

    private static float[] run(byte[] model) throws Exception {
        float[] picture = new float[SIDE * SIDE];
        for (int i = 0; i < picture.length; i++) {
            picture[i] = i;
        }
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(model);
                OnnxTensor input =
                        OnnxTensor.createTensor(environment, FloatBuffer.wrap(picture), new long[] {1, 1, SIDE, SIDE});
                OrtSession.Result result = session.run(Map.of("in", input))) {
            FloatBuffer answer = ((OnnxTensor) result.get(0)).getFloatBuffer();
            float[] values = new float[answer.remaining()];
            answer.get(values);
            return values;
        }
    }

    private static OnnxGraph.Kernel kernel(float[] weights, int filters, int channels, int side, int stride) {
        return new OnnxGraph.Kernel(weights, new long[] {filters, channels, side, side}, new float[filters], stride);
    }

    @Test
    void halving_doubling_joining_and_adding_up_give_what_plain_arithmetic_gives() throws Exception {
        OnnxGraph graph = new OnnxGraph();
        float[] middle = {0, 0, 0, 0, 1, 0, 0, 0, 0};
        String halved = graph.relu(graph.convolution("in", kernel(middle, 1, 1, 3, 2)));
        String both = graph.concat(graph.doubled(halved), "in");
        String sum = graph.convolution(both, kernel(new float[] {0.01f, 0.1f}, 1, 2, 1, 1));
        graph.sigmoid(sum, "out");
        float[] answer = run(graph.model("in", "out", "a test"));
        assertThat(answer).hasSize(SIDE * SIDE);
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                int nearest = (y / 2 * 2) * SIDE + x / 2 * 2;
                double expected = 1 / (1 + Math.exp(-(0.01 * nearest + 0.1 * (y * SIDE + x))));
                assertThat((double) answer[y * SIDE + x]).isCloseTo(expected, within(1e-5));
            }
        }
    }

    @Test
    void four_channels_become_one_of_twice_the_sides_and_sums_are_sums() throws Exception {
        OnnxGraph graph = new OnnxGraph();
        OnnxGraph.Kernel four = new OnnxGraph.Kernel(
                new float[] {1, 1, 1, 1}, new long[] {4, 1, 1, 1}, new float[] {0, 0.1f, 0.2f, 0.3f}, 1);
        graph.interleaved(graph.convolution(graph.sum("in", "in"), four), "out");
        float[] answer = run(graph.model("in", "out", "a test"));
        assertThat(answer).hasSize(4 * SIDE * SIDE);
        for (int y = 0; y < 2 * SIDE; y++) {
            for (int x = 0; x < 2 * SIDE; x++) {
                double expected = 2 * (y / 2 * SIDE + x / 2) + 0.1 * (2 * (y % 2) + x % 2);
                assertThat((double) answer[y * 2 * SIDE + x]).isCloseTo(expected, within(1e-5));
            }
        }
    }
}
