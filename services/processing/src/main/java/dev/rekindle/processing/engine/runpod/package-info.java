/** The engine that runs on RunPod's serverless endpoints. */
@NullMarked
package dev.rekindle.processing.engine.runpod;

import org.jspecify.annotations.NullMarked;
