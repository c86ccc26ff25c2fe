@NullMarked
package dev.rekindle.platform.rpc;

import org.jspecify.annotations.NullMarked;
