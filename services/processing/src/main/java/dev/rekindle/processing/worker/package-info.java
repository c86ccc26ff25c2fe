/** The process that claims jobs and runs their pipelines, and the supervisor that keeps such processes alive. */
@NullMarked
package dev.rekindle.processing.worker;

import org.jspecify.annotations.NullMarked;
