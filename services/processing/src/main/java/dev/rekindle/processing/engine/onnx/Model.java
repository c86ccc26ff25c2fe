package dev.rekindle.processing.engine.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.rekindle.processing.engine.onnx.Manifest.Layout;
import dev.rekindle.processing.engine.onnx.Manifest.NumberType;
import dev.rekindle.processing.pipeline.Stop;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A model that is loaded. It works on one piece at a time, whichever job asks, so that its memory is that of one run; jobs
 * take turns piece by piece.
 */
final class Model implements AutoCloseable {
    private static final long LOOK_AGAIN_MILLIS = 200;

    private final Manifest manifest;
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final ScheduledExecutorService alarms;
    private final LongSupplier nanoClock;
    private final Semaphore turn = new Semaphore(1, true);

    private Model(
            Manifest manifest,
            OrtEnvironment environment,
            OrtSession session,
            ScheduledExecutorService alarms,
            LongSupplier nanoClock) {
        this.manifest = manifest;
        this.environment = environment;
        this.session = session;
        this.alarms = alarms;
        this.nanoClock = nanoClock;
    }

    /**
     * Loads a model.
     *
     * @param alarms end runs that take too long
     * @throws ModelProblem if it cannot be loaded or is not what its manifest says
     */
    static Model load(
            Manifest manifest,
            Path file,
            OrtEnvironment environment,
            ScheduledExecutorService alarms,
            LongSupplier nanoClock) {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(
                    Math.min(manifest.limits().threads(), Runtime.getRuntime().availableProcessors()));
            options.setInterOpNumThreads(1);
            // Memory that is given back after a run, and threads that do not turn in circles between two.
            options.setCPUArenaAllocator(false);
            options.setMemoryPatternOptimization(false);
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            OrtSession session = environment.createSession(file.toString(), options);
            Model model = new Model(manifest, environment, session, alarms, nanoClock);
            try {
                model.checkTensors();
            } catch (OrtException | RuntimeException e) {
                model.close();
                throw e;
            }
            return model;
        } catch (OrtException e) {
            throw new ModelProblem(
                    manifest.file() + " cannot be loaded by ONNX Runtime: " + shortened(String.valueOf(e.getMessage())),
                    e);
        }
    }

    private void checkTensors() throws OrtException {
        Manifest.Input input = manifest.input();
        Manifest.Output output = manifest.output();
        check(
                "input",
                input.name(),
                session.getInputInfo(),
                input.layout(),
                input.channels().channels());
        check("output", output.name(), session.getOutputInfo(), output.layout(), output.planes(input.channels()));
        if (session.getNumInputs() != 1) {
            throw new ModelProblem(
                    "The model has the inputs " + session.getInputNames() + "; expected " + input.name() + " alone.");
        }
    }

    private void check(String what, String name, Map<String, NodeInfo> tensors, Layout layout, int channels) {
        NodeInfo node = tensors.get(name);
        if (node == null) {
            throw new ModelProblem(
                    what + ".name is \"" + name + "\"; expected what the model has: " + tensors.keySet() + ".");
        }
        if (!(node.getInfo() instanceof TensorInfo info)) {
            throw new ModelProblem(what + ".name is \"" + name + "\", which is no tensor of the model.");
        }
        OnnxJavaType type = manifest.input().type() == NumberType.FLOAT16 ? OnnxJavaType.FLOAT16 : OnnxJavaType.FLOAT;
        boolean typed = info.type == type || (what.equals("output") && info.type == OnnxJavaType.FLOAT);
        if (!typed) {
            throw new ModelProblem(
                    "input.dtype is " + Manifest.words(manifest.input().type()) + ", but the model's " + what
                            + " is of " + info.type + ".");
        }
        long[] shape = info.getShape();
        long there = shape.length == 4 ? shape[layout == Layout.NCHW ? 1 : 3] : 0;
        if (shape.length != 4 || (there > 0 && there != channels)) {
            throw new ModelProblem(what + " " + name + " is " + Arrays.toString(shape) + " in the model; expected "
                    + channels + " channels as " + layout + ".");
        }
    }

    Manifest manifest() {
        return manifest;
    }

    /** The time it may take for a picture from now on. */
    Allowance allowance() {
        return new Allowance(manifest.limits().timeout(), nanoClock);
    }

    /**
     * Runs once.
     *
     * @return finite numbers, {@code output.scale} times as many each way
     * @throws ModelProblem if it fails, takes too long, or answers anything else
     */
    Planes run(Planes shown, Allowance allowance, Stop stop) {
        takeTurn(stop);
        try (OnnxTensor tensor = tensor(shown);
                OrtSession.RunOptions options = new OrtSession.RunOptions();
                Ending ending = new Ending(options)) {
            ScheduledFuture<?> alarm = alarms.schedule(ending::end, allowance.nanosLeft(), TimeUnit.NANOSECONDS);
            try (Allowance.Timed _ = allowance.begin();
                    Stop.Registration _ = stop.onStop(ending::end);
                    OrtSession.Result result = session.run(
                            Map.of(manifest.input().name(), tensor),
                            Set.of(manifest.output().name()),
                            options)) {
                return answer((OnnxTensor) result.get(0), shown);
            } finally {
                alarm.cancel(false);
            }
        } catch (OrtException e) {
            stop.check();
            allowance.check();
            throw new ModelProblem("ONNX Runtime failed: " + shortened(String.valueOf(e.getMessage())), e);
        } finally {
            turn.release();
        }
    }

    private void takeTurn(Stop stop) {
        try {
            do {
                stop.check();
            } while (!turn.tryAcquire(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stop.request(Stop.Cause.SHUTDOWN);
            stop.check();
        }
    }

    private OnnxTensor tensor(Planes shown) throws OrtException {
        int count = shown.values().length;
        boolean last = manifest.input().layout() == Layout.NHWC;
        long[] shape = last
                ? new long[] {1, shown.height(), shown.width(), shown.channels()}
                : new long[] {1, shown.channels(), shown.height(), shown.width()};
        boolean half = manifest.input().type() == NumberType.FLOAT16;
        ByteBuffer bytes = ByteBuffer.allocateDirect((half ? Short.BYTES : Float.BYTES) * count)
                .order(ByteOrder.nativeOrder());
        FloatBuffer floats = bytes.asFloatBuffer();
        ShortBuffer halves = bytes.asShortBuffer();
        int area = shown.area();
        for (int i = 0; i < count; i++) {
            int at = last ? i % shown.channels() * area + i / shown.channels() : i;
            if (half) {
                halves.put(i, Float.floatToFloat16(shown.values()[at]));
            } else {
                floats.put(i, shown.values()[at]);
            }
        }
        return half
                ? OnnxTensor.createTensor(environment, halves, shape, OnnxJavaType.FLOAT16)
                : OnnxTensor.createTensor(environment, floats, shape);
    }

    private Planes answer(OnnxTensor tensor, Planes shown) {
        Manifest.Output output = manifest.output();
        int channels = output.planes(manifest.input().channels());
        int height = shown.height() * output.scale();
        int width = shown.width() * output.scale();
        boolean last = output.layout() == Layout.NHWC;
        long[] expected = last ? new long[] {1, height, width, channels} : new long[] {1, channels, height, width};
        if (!Arrays.equals(tensor.getInfo().getShape(), expected)) {
            throw new ModelProblem(
                    "output is " + Arrays.toString(tensor.getInfo().getShape()) + " for " + shown.width() + " × "
                            + shown.height() + " pixels; expected " + Arrays.toString(expected) + ".");
        }
        FloatBuffer floats = tensor.getFloatBuffer();
        Planes planes = new Planes(channels, height, width);
        int area = planes.area();
        for (int i = 0; i < channels * area; i++) {
            float value = floats.get(i);
            if (!Float.isFinite(value)) {
                throw new ModelProblem("output has " + value + " among its numbers; expected finite ones.");
            }
            planes.values()[last ? i % channels * area + i / channels : i] = value;
        }
        return planes;
    }

    private static String shortened(String message) {
        return message.substring(0, Math.min(message.length(), 300));
    }

    /** Ends a run early; nothing once the run has ended, because its options are gone then. */
    private static final class Ending implements AutoCloseable {
        private final OrtSession.RunOptions options;
        private boolean over;

        Ending(OrtSession.RunOptions options) {
            this.options = options;
        }

        synchronized void end() {
            if (!over) {
                try {
                    options.setTerminate(true);
                } catch (OrtException e) {
                    throw new IllegalStateException(e);
                }
            }
        }

        @Override
        public synchronized void close() {
            over = true;
        }
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }
}
