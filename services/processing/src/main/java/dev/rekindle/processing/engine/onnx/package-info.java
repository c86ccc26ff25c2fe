/** The engine that runs an operator's own models with ONNX Runtime. */
@NullMarked
package dev.rekindle.processing.engine.onnx;

import org.jspecify.annotations.NullMarked;
