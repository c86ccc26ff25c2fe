/** PostgreSQL, Redis and an S3 store that keep their data in a folder, for one machine. */
@NullMarked
package dev.rekindle.embedded;

import org.jspecify.annotations.NullMarked;
