package dev.rekindle.processing.engine.onnx;

import org.jspecify.annotations.Nullable;

/** Why a model is not used, or did not do a picture: a sentence for operators that names the value and what was expected. */
final class ModelProblem extends RuntimeException {
    ModelProblem(String message) {
        super(message);
    }

    ModelProblem(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
