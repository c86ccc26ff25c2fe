/** Where requests to addresses that others name may go. */
@NullMarked
package dev.rekindle.platform.net;

import org.jspecify.annotations.NullMarked;
