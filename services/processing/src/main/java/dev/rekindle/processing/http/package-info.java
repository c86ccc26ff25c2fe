/** Calls to what lies outside the mesh. */
@NullMarked
package dev.rekindle.processing.http;

import org.jspecify.annotations.NullMarked;
