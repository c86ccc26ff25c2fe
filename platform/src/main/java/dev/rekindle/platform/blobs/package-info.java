/** Blobs in an S3 store. */
@NullMarked
package dev.rekindle.platform.blobs;

import org.jspecify.annotations.NullMarked;
