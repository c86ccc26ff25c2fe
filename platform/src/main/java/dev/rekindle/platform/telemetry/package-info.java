/** Logs, traces, metrics and health of a process. */
@NullMarked
package dev.rekindle.platform.telemetry;

import org.jspecify.annotations.NullMarked;
