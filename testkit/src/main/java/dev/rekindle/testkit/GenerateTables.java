package dev.rekindle.testkit;

import dev.rekindle.embedded.PostgresServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.jooq.codegen.GenerationTool;
import org.jooq.meta.jaxb.Configuration;
import org.jooq.meta.jaxb.Database;
import org.jooq.meta.jaxb.Generate;
import org.jooq.meta.jaxb.Generator;
import org.jooq.meta.jaxb.Jdbc;
import org.jooq.meta.jaxb.Logging;
import org.jooq.meta.jaxb.Target;

/**
 * Makes the typed tables of a service from its migrations, at build time: runs them on a real PostgreSQL and lets jOOQ
 * read the schema. Arguments: schema, folder of the service's migrations, output folder, package. Does nothing when the
 * migrations are those of the last run.
 */
public final class GenerateTables {
    private GenerateTables() {}

    public static void main(String[] arguments) throws Exception {
        String schema = arguments[0];
        Path migrations = Path.of(arguments[1]);
        Path output = Path.of(arguments[2]);
        String packageName = arguments[3];
        Path stamp = output.resolve("migrations.sha256");
        String digest = digest(migrations, packageName);
        if (Files.exists(stamp) && Files.readString(stamp).equals(digest)) {
            return;
        }
        Path folder = Files.createTempDirectory("rekindle-tables-");
        try (PostgresServer server = PostgresServer.start(folder, Servers.binaries(), 0, false)) {
            PostgresServer.Login login = new PostgresServer.Login(schema, "rekindle_" + schema, "build");
            server.grant(login);
            Flyway.configure()
                    .dataSource(server.url(), login.user(), login.password())
                    .defaultSchema(schema)
                    .locations("classpath:db/platform", "filesystem:" + migrations)
                    .load()
                    .migrate();
            GenerationTool.generate(configuration(server, login, output, packageName));
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
        Files.writeString(stamp, digest);
    }

    private static Configuration configuration(
            PostgresServer server, PostgresServer.Login login, Path output, String packageName) {
        return new Configuration()
                .withLogging(Logging.WARN)
                .withJdbc(new Jdbc()
                        .withDriver("org.postgresql.Driver")
                        .withUrl(server.url())
                        .withUser(login.user())
                        .withPassword(login.password()))
                .withGenerator(new Generator()
                        .withDatabase(new Database()
                                .withName("org.jooq.meta.postgres.PostgresDatabase")
                                .withInputSchema(login.schema())
                                .withOutputSchemaToDefault(true)
                                .withExcludes("flyway_schema_history|outbox"))
                        .withGenerate(new Generate()
                                .withRecords(true)
                                .withDeprecated(false)
                                // Two keys between the same tables would ask for the same name, and nobody joins so.
                                .withImplicitJoinPathsToOne(false)
                                .withImplicitJoinPathsToMany(false)
                                .withImplicitJoinPathsManyToMany(false))
                        .withTarget(new Target().withPackageName(packageName).withDirectory(output.toString())));
    }

    private static String digest(Path migrations, String packageName) throws IOException {
        try (Stream<Path> files = Files.list(migrations)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(packageName.getBytes(StandardCharsets.UTF_8));
            List<Path> sorted = files.sorted().toList();
            for (Path file : sorted) {
                digest.update(file.getFileName().toString().getBytes(StandardCharsets.UTF_8));
                digest.update(Files.readAllBytes(file));
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
