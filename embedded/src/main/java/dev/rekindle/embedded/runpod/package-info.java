/** A stand-in for RunPod's serverless API, for tests and for watching the whole path of a job without an account. */
@NullMarked
package dev.rekindle.embedded.runpod;

import org.jspecify.annotations.NullMarked;
