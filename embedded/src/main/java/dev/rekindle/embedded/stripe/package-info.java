/** A stand-in for Stripe, on this machine, with no money in it. */
@NullMarked
package dev.rekindle.embedded.stripe;

import org.jspecify.annotations.NullMarked;
