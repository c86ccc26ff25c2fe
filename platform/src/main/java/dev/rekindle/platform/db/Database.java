package dev.rekindle.platform.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.Loop;
import dev.rekindle.platform.circuit.CircuitBreaker;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.telemetry.HealthCheck;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.flywaydb.core.Flyway;
import org.jooq.Configuration;
import org.jooq.DSLContext;
import org.jooq.ExecuteContext;
import org.jooq.ExecuteListener;
import org.jooq.SQLDialect;
import org.jooq.TransactionContext;
import org.jooq.TransactionListener;
import org.jooq.conf.Settings;
import org.jooq.exception.DataAccessException;
import org.jooq.exception.IntegrityConstraintViolationException;
import org.jooq.impl.DSL;
import org.jooq.impl.DataSourceConnectionProvider;
import org.jooq.impl.DefaultConfiguration;
import org.jooq.tools.jdbc.DefaultConnection;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The schema of one service: a pool, its migrations, and transactions. */
public final class Database implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Database.class);
    private static final int TRANSACTION_ATTEMPTS_MAX = 5;
    /** The state by which a trigger refuses what its caller asked for; its message is for the caller. */
    private static final String REFUSED = "RK409";

    private static final Object AFTER_COMMIT = new Object();

    /** A transaction's body. It may run more than once, so it must do nothing but SQL. */
    @FunctionalInterface
    public interface Body<T> {
        T run(DSLContext sql);
    }

    private final HikariDataSource pool;
    private final DSLContext sql;
    private final CircuitBreaker progressCircuit;
    private final Loop testing;

    private Database(HikariDataSource pool, DSLContext sql, CircuitBreaker progressCircuit) {
        this.pool = pool;
        this.sql = sql;
        this.progressCircuit = progressCircuit;
        this.testing = progressCircuit.testing(this::ask);
    }

    /** Connects, and brings the schema up to date from {@code db/{schema}} and {@code db/platform} on the class path. */
    public static Database open(DatabaseConfig config, MeterRegistry metrics) {
        HikariConfig pooling = new HikariConfig();
        pooling.setPoolName("db-" + config.schema());
        pooling.setJdbcUrl(config.url());
        pooling.setUsername(config.user());
        pooling.setPassword(config.password().reveal());
        pooling.setSchema(config.schema());
        pooling.setMaximumPoolSize(config.connectionsMax());
        pooling.setMinimumIdle(Math.min(2, config.connectionsMax()));
        pooling.setConnectionTimeout(config.connectMax().toMillis());
        pooling.setInitializationFailTimeout(config.connectMax().toMillis());
        pooling.setAutoCommit(true);
        pooling.setMetricRegistry(metrics);
        pooling.addDataSourceProperty("socketTimeout", "60");
        pooling.addDataSourceProperty("tcpKeepAlive", "true");
        pooling.addDataSourceProperty("ApplicationName", "rekindle-" + config.schema());
        HikariDataSource pool = new HikariDataSource(pooling);
        try {
            Flyway.configure()
                    .dataSource(pool)
                    .defaultSchema(config.schema())
                    .locations("classpath:db/platform", "classpath:db/" + config.schema())
                    .validateMigrationNaming(true)
                    .load()
                    .migrate();
            DefaultConfiguration jooq = new DefaultConfiguration();
            jooq.set(new Connections(pool));
            jooq.set(SQLDialect.POSTGRES);
            jooq.setAppending(new Away());
            jooq.setAppending(new Commits());
            jooq.set(new Settings().withRenderSchema(false).withExecuteLogging(false));
            CircuitBreaker progress =
                    new CircuitBreaker("postgres-progress", config.progressCircuit(), System::nanoTime);
            return new Database(pool, DSL.using(jooq), progress.bindTo(metrics));
        } catch (RuntimeException e) {
            pool.close();
            throw e;
        }
    }

    /** Whoever makes a statement, inside a transaction or not, is told the same of a database that is away. */
    private static final class Away implements ExecuteListener {
        @Override
        public void exception(ExecuteContext context) {
            if (context.exception() instanceof DataAccessException e) {
                context.exception(failure(e));
            }
        }
    }

    /** jOOQ asks the server before each transaction how isolated it is. That is a round trip, and always the same answer. */
    private static final class Connections extends DataSourceConnectionProvider {
        private Connections(HikariDataSource pool) {
            super(pool);
        }

        @Override
        public Connection acquire() {
            return new DefaultConnection(super.acquire()) {
                @Override
                public int getTransactionIsolation() {
                    return TRANSACTION_READ_COMMITTED;
                }
            };
        }
    }

    /** Runs what a transaction left to be done after it. */
    private static final class Commits implements TransactionListener {
        @Override
        public void beginEnd(TransactionContext context) {
            context.configuration().data(AFTER_COMMIT, new LinkedHashMap<Object, Runnable>());
        }

        @Override
        public void commitEnd(TransactionContext context) {
            afterwards(context.configuration()).values().forEach(Runnable::run);
        }
    }

    @SuppressWarnings("unchecked") // nobody else knows the key
    private static Map<Object, Runnable> afterwards(Configuration transaction) {
        Object left = transaction.data(AFTER_COMMIT);
        return left == null ? Map.of() : (Map<Object, Runnable>) left;
    }

    /**
     * Leaves something to be done once the transaction is committed, and never if it is not; for a statement that commits
     * by itself it is done at once. It must neither fail nor block.
     *
     * @param key what is left under the same key a second time is done once
     */
    public static void afterCommit(DSLContext transaction, Object key, Runnable what) {
        if (transaction.configuration().data(AFTER_COMMIT) == null) {
            what.run();
        } else {
            afterwards(transaction.configuration()).put(key, what);
        }
    }

    /** Statements outside a transaction: each commits by itself, and fails UNAVAILABLE if the database is away. */
    public DSLContext sql() {
        return sql;
    }

    /**
     * Runs statements of which each commits by itself: one round trip each, where a transaction takes one more.
     *
     * @throws Failure what the body throws; UNAVAILABLE if the database is away
     */
    public <T> T query(Body<T> body) {
        try {
            return body.run(sql);
        } catch (DataAccessException e) {
            throw failure(e);
        }
    }

    /**
     * Runs a transaction: all or nothing. Deadlocks and serialization failures run the body again, at most five times.
     *
     * @throws Failure what the body throws; STATE_CONFLICT if the schema refuses; CONCURRENT_CHANGE if it kept losing;
     *     UNAVAILABLE if the database is away
     */
    public <T> T transact(Body<T> body) {
        for (int attempt = 1; ; attempt++) {
            try {
                return sql.transactionResult(transaction -> body.run(transaction.dsl()));
            } catch (DataAccessException e) {
                if (e.getCause() instanceof Failure failure) {
                    throw failure;
                }
                if (!mayRunAgain(e)) {
                    throw failure(e);
                }
                if (attempt == TRANSACTION_ATTEMPTS_MAX) {
                    throw Failure.of(
                                    Reason.REASON_CONCURRENT_CHANGE,
                                    "Somebody else changed the same thing at the same moment. Please try again.")
                            .withDetail(String.valueOf(e.getMessage()), e);
                }
                pause(attempt);
            }
        }
    }

    private static boolean mayRunAgain(DataAccessException e) {
        return e.sqlState().equals("40001") || e.sqlState().equals("40P01");
    }

    /** A database that is away is a passing failure; a constraint or a bad statement stays what it is. */
    private static RuntimeException failure(DataAccessException e) {
        if (e instanceof IntegrityConstraintViolationException) {
            return e;
        }
        String state = e.sqlState();
        if (state.equals(REFUSED)) {
            return Failure.of(Reason.REASON_STATE_CONFLICT, refusal(e));
        }
        if (state.startsWith("08") || state.startsWith("57P") || state.startsWith("53") || state.equals("00000")) {
            log.warn("The database is away: {}", e.getMessage());
            return Failure.of(Reason.REASON_UNAVAILABLE, "A part of Rekindle is away for the moment. Please try again.")
                    .withDetail(String.valueOf(e.getMessage()), e);
        }
        return e;
    }

    /** What the schema says, without what the driver says around it. */
    private static String refusal(DataAccessException e) {
        PSQLException told = e.getCause(PSQLException.class);
        ServerErrorMessage server = told == null ? null : told.getServerErrorMessage();
        String message = server == null ? null : server.getMessage();
        return message == null ? "This is refused at the moment." : message;
    }

    private static void pause(int attempt) {
        try {
            Thread.sleep(ThreadLocalRandom.current().nextLong(5L << attempt));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.of(Reason.REASON_CANCELLED, "The work was interrupted.");
        }
    }

    /** Keeps away, while the database fails, statements about progress: what may be lost must not hold up what may not. */
    public CircuitBreaker progressCircuit() {
        return progressCircuit;
    }

    /** What a failure of statements says of the database. */
    public static CircuitBreaker.Verdict verdict(RuntimeException e) {
        return e instanceof Failure failure && failure.reason() == Reason.REASON_UNAVAILABLE
                ? CircuitBreaker.Verdict.FAILS
                : CircuitBreaker.Verdict.WORKS;
    }

    /** Works if a statement does. */
    public HealthCheck health() {
        return HealthCheck.of("postgres", this::ask);
    }

    private void ask() {
        var _ = sql.selectOne().fetch();
    }

    @Override
    public void close() {
        testing.close();
        pool.close();
    }
}
