@org.jspecify.annotations.NullMarked
package dev.rekindle.processing.engine.onnx;
