/** What every process needs. Knows no photo and no credit. */
@NullMarked
package dev.rekindle.platform;

import org.jspecify.annotations.NullMarked;
