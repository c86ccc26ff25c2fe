/** Workers: pipelines, pictures, engines. Has no database. */
@NullMarked
package dev.rekindle.processing;

import org.jspecify.annotations.NullMarked;
