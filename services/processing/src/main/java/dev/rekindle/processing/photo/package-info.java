/** The steps a photo goes through, and the pipelines made of them. */
@NullMarked
package dev.rekindle.processing.photo;

import org.jspecify.annotations.NullMarked;
