package dev.rekindle.processing.engine.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * ONNX Runtime's native libraries, loaded when the first model is. Left to itself it unpacks 28 MB into the temporary
 * folder at each start and leaves them there when it is killed; here they are unpacked once for all workers.
 */
final class OnnxLibraries {
    private static final String RESOURCES = "/ai/onnxruntime/native/";
    private static final String PATH_PROPERTY = "onnxruntime.native.path";
    private static @Nullable OrtEnvironment environment;

    private OnnxLibraries() {}

    /**
     * ONNX Runtime, ready to load models.
     *
     * @throws ModelProblem naming what is missing on this machine
     */
    static synchronized OrtEnvironment load(Path cache) {
        if (environment == null) {
            try {
                System.setProperty(PATH_PROPERTY, unpacked(cache).toString());
                OrtEnvironment loaded =
                        OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "rekindle");
                loaded.setTelemetry(false);
                environment = loaded;
            } catch (IOException | OrtException e) {
                throw new ModelProblem("ONNX Runtime cannot be loaded here: " + e.getMessage(), e);
            } catch (LinkageError e) {
                Throwable cause = e.getCause() == null ? e : e.getCause();
                throw new ModelProblem("ONNX Runtime cannot be loaded here: " + cause.getMessage(), e);
            }
        }
        return environment;
    }

    /**
     * The folder with the libraries, of this version alone. One process unpacks at a time, and each file comes into place
     * by a rename, so that a killed process leaves no half of one.
     */
    static Path unpacked(Path cache) throws IOException {
        URLConnection main = resource("onnxruntime");
        Path folder =
                Files.createDirectories(cache.resolve("onnxruntime-" + platform() + "-" + main.getContentLengthLong()));
        try (FileChannel lock =
                        FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock _ = lock.lock()) {
            unpack(main, folder, "onnxruntime");
            unpack(resource("onnxruntime4j_jni"), folder, "onnxruntime4j_jni");
        }
        return folder;
    }

    private static void unpack(URLConnection resource, Path folder, String name) throws IOException {
        Path target = folder.resolve(System.mapLibraryName(name));
        if (Files.exists(target) && Files.size(target) == resource.getContentLengthLong()) {
            return;
        }
        Path half = folder.resolve(name + ".new");
        try (InputStream in = resource.getInputStream()) {
            Files.copy(in, half, StandardCopyOption.REPLACE_EXISTING);
        }
        Files.move(half, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static URLConnection resource(String name) throws IOException {
        String path = RESOURCES + platform() + "/" + System.mapLibraryName(name);
        URL resource = OrtEnvironment.class.getResource(path);
        if (resource == null) {
            throw new IOException("there is no " + path + " for this machine");
        }
        return resource.openConnection();
    }

    private static String platform() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String machine = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        String kind = system.contains("mac") ? "osx" : "linux";
        return kind + "-" + (machine.equals("aarch64") ? "aarch64" : "x64");
    }
}
