package dev.rekindle.processing.engine.onnx;

import static org.bytedeco.opencv.global.opencv_core.CV_32F;
import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_BGR2GRAY;
import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_BGR2Lab;
import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_GRAY2BGR;
import static org.bytedeco.opencv.global.opencv_imgproc.cvtColor;

import dev.rekindle.processing.engine.onnx.Manifest.Shown;
import dev.rekindle.processing.engine.onnx.Manifest.Task;
import java.nio.FloatBuffer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.jspecify.annotations.Nullable;

/** Between pixels of a picture and the numbers a model works with. */
final class Pixels {
    private static final double LIGHTEST = 100;

    private Pixels() {}

    /**
     * What the model is shown of an area.
     *
     * @param bgr three channels of 8 bits
     * @param mask 8 bits, 255 where damaged; only for models that are shown one
     */
    static Planes shown(Manifest manifest, Mat bgr, @Nullable Mat mask) {
        Manifest.Input input = manifest.input();
        Shown channels = input.channels();
        Planes planes = new Planes(channels.channels(), bgr.rows(), bgr.cols());
        boolean colourless = manifest.task() == Task.COLOURIZATION;
        float[] values = channels == Shown.L ? lightness(bgr, colourless) : floats(colourless ? grey(bgr) : bgr);
        int count = channels == Shown.L ? 1 : 3;
        int area = planes.area();
        for (int c = 0; c < count; c++) {
            int source = channels == Shown.RGB || channels == Shown.RGB_MASK ? 2 - c : c;
            for (int i = 0; i < area; i++) {
                planes.values()[c * area + i] = number(input, c, values[i * count + source]);
            }
        }
        if (channels == Shown.RGB_MASK) {
            if (mask == null) {
                throw new IllegalArgumentException("The model " + manifest.id() + " is shown a mask.");
            }
            float[] marks = floats(mask);
            for (int i = 0; i < area; i++) {
                planes.values()[3 * area + i] = marks[i] > 0 ? 1 : 0;
            }
        }
        return planes;
    }

    private static float number(Manifest.Input input, int channel, float fraction) {
        double number = input.range().of(fraction);
        if (input.mean().length > 0) {
            number -= input.mean()[channel];
        }
        if (input.deviation().length > 0) {
            number /= input.deviation()[channel];
        }
        return (float) number;
    }

    private static Mat grey(Mat bgr) {
        Mat grey = new Mat();
        cvtColor(bgr, grey, COLOR_BGR2GRAY);
        cvtColor(grey, grey, COLOR_GRAY2BGR);
        return grey;
    }

    /** Brightness from 0 to 1, as CIE Lab has it or as grey. */
    private static float[] lightness(Mat bgr, boolean ofLab) {
        if (!ofLab) {
            Mat grey = new Mat();
            cvtColor(bgr, grey, COLOR_BGR2GRAY);
            return floats(grey);
        }
        Mat lab = new Mat();
        grey(bgr).convertTo(lab, CV_32F, 1 / 255.0, 0);
        cvtColor(lab, lab, COLOR_BGR2Lab);
        float[] values = new float[3 * (int) lab.total()];
        lab.<FloatBuffer>createBuffer().get(values);
        float[] light = new float[values.length / 3];
        for (int i = 0; i < light.length; i++) {
            light[i] = (float) (values[3 * i] / LIGHTEST);
        }
        return light;
    }

    /** Channels beside each other, from 0 to 1. */
    private static float[] floats(Mat bytes) {
        Mat converted = new Mat();
        bytes.convertTo(converted, CV_32F, 1 / 255.0, 0);
        float[] values = new float[(int) converted.total() * converted.channels()];
        converted.<FloatBuffer>createBuffer().get(values);
        return values;
    }

    /**
     * What a model's numbers mean, in place: levels from 0 to 255 (planes blue, green, red), a and b of CIE Lab, a mask from
     * 0 to 1, or levels to add.
     */
    static Planes meant(Manifest manifest, Planes answer) {
        Manifest.Output output = manifest.output();
        float[] values = answer.values();
        for (int i = 0; i < values.length; i++) {
            double fraction = output.range().fractionOf(values[i]);
            values[i] = (float)
                    switch (output.channels()) {
                        case RGB, BGR -> 255 * fraction;
                        case AB -> 256 * fraction - 128;
                        case MASK -> fraction;
                        case RESIDUAL -> 510 * fraction - 255;
                    };
        }
        boolean reversed = switch (output.channels()) {
            case RGB -> true;
            case BGR, AB, MASK -> false;
            case RESIDUAL -> manifest.input().channels() != Shown.BGR && answer.channels() == 3;
        };
        if (reversed) {
            int area = answer.area();
            for (int i = 0; i < area; i++) {
                float red = values[i];
                values[i] = values[2 * area + i];
                values[2 * area + i] = red;
            }
        }
        return answer;
    }
}
