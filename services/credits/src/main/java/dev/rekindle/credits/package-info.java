/** Accounts and the ledger: what users may spend, and what they spent. */
@NullMarked
package dev.rekindle.credits;

import org.jspecify.annotations.NullMarked;
