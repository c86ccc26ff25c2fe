/** Photos, uploads and jobs. The only writer of a job's state. */
@NullMarked
package dev.rekindle.jobs;

import org.jspecify.annotations.NullMarked;
