/** PostgreSQL: pool, migrations, transactions, outbox. */
@NullMarked
package dev.rekindle.platform.db;

import org.jspecify.annotations.NullMarked;
