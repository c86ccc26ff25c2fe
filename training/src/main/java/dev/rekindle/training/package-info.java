/** Trains the small networks that ship with the program, and writes them as ONNX. Runs by hand, never in production. */
@NullMarked
package dev.rekindle.training;

import org.jspecify.annotations.NullMarked;
