/**
 * The whole mesh in processes of its own: struck at random under load, after which every invariant is checked from outside
 * ({@link dev.rekindle.bench.mesh.FaultsBench}), or timed ({@link dev.rekindle.bench.mesh.JobsBench}).
 */
@NullMarked
package dev.rekindle.bench.mesh;

import org.jspecify.annotations.NullMarked;
