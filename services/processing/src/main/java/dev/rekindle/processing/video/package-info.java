/** What videos are and what is made of them: the one place that runs FFmpeg's programs, always as processes of their own. */
@NullMarked
package dev.rekindle.processing.video;

import org.jspecify.annotations.NullMarked;
