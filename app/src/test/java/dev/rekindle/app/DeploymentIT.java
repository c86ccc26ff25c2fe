package dev.rekindle.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.credits.CreditsMain;
import dev.rekindle.credits.v1.CreditsServiceGrpc;
import dev.rekindle.credits.v1.GetAccountRequest;
import dev.rekindle.embedded.FreePorts;
import dev.rekindle.events.EventsMain;
import dev.rekindle.gateway.GatewayMain;
import dev.rekindle.jobs.JobsMain;
import dev.rekindle.platform.Closer;
import dev.rekindle.platform.ProcessMain;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.telemetry.Health;
import dev.rekindle.platform.telemetry.Telemetry;
import dev.rekindle.processing.ProcessingMain;
import dev.rekindle.processing.worker.WorkerMain;
import dev.rekindle.testkit.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * What docker-compose.yml says of each process, with the keys that {@code rekindle keys} makes, is what the process wants:
 * all are started here with it, only the names of the machines exchanged for local addresses, and one user is served.
 */
@Tag("CARD-06")
@Tag("OPS-02")
class DeploymentIT {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final List<String> SERVICES = List.of("events", "credits", "processing", "jobs");
    private static final Pattern ENTRYPOINT = Pattern.compile(
            "FROM (?:service|process) AS (\\w+)\n(?:(?!FROM ).*\n)*ENTRYPOINT .*\"(dev\\.rekindle[\\w.]+)\"]");

    private static final Pattern FIGURE = Pattern.compile(
            "\\b(?:jobs?|lane|workers|work|queue|dead_letters|outbox|events?|subscriptions|webhook|rate|wait|grpc)_[a-z_]+(?=[\\s({)\\[\\]])");
    private static final Set<String> ONLY_IN_PODS = Set.of(
            "REKINDLE_INSTANCE",
            "REKINDLE_WORKER_ID",
            "REKINDLE_ENVIRONMENT",
            "REKINDLE_AUTH_ISSUERS",
            "REKINDLE_AUTH_MAIN_ISSUER",
            "REKINDLE_AUTH_MAIN_AUDIENCE");
    private static final Set<String> ONLY_IN_TRIALS = Set.of("REKINDLE_AUTH_EMBEDDED_SIGNIN", "REKINDLE_BLOBS_ENCRYPT");

    @TempDir
    private Path folder;

    @Test
    void every_process_of_the_compose_file_starts_with_its_settings_and_they_serve_a_user() throws Exception {
        Path keys = folder.resolve("keys");
        assertThat(Rekindle.commandLine().execute("keys", keys.toString())).isZero();
        Secrets secrets = Secrets.open(keys.resolve("secrets.properties"));
        try (Closer closer = new Closer()) {
            DataFolder data = closer.add(DataFolder.take(folder.resolve("data")));
            Stores stores = closer.add(Stores.start(data, secrets));
            Telemetry telemetry = closer.add(Telemetry.start("deployment", Settings.of(Map.of())));
            Map<String, String> addresses = addresses(stores);
            List<Health> healths = new ArrayList<>();
            for (String service : SERVICES) {
                healths.add(closer.add(
                                main(service).start(settings(service, keys, addresses), telemetry, Clock.systemUTC()))
                        .health());
            }
            healths.add(closer.add(
                            main("gateway").start(settings("gateway", keys, addresses), telemetry, Clock.systemUTC()))
                    .health());
            healths.add(
                    closer.add(main("worker").start(settings("worker", keys, addresses), telemetry, Clock.systemUTC()))
                            .health());
            for (Health health : healths) {
                Map<String, String> checks = Eventually.answers(() -> {
                    Health.Report report = health.report();
                    assertThat(report.ready()).as("ready: %s", report).isTrue();
                    return report.checks();
                });
                assertThat(checks.values()).allMatch("ok"::equals);
            }
            LocalSession session = closer.add(new LocalSession(secrets, port(addresses, "gateway:8080")));
            assertThat(CreditsServiceGrpc.newBlockingStub(session.as("somebody"))
                            .getAccount(GetAccountRequest.getDefaultInstance())
                            .getAccount()
                            .getBalance())
                    .isEqualTo(3);
            assertThat(unknownFigures(telemetry.scrape())).isEmpty();
        }
    }

    /** What dashboards and alerts ask for and no process tells. A count that is none yet is known by its name in the code. */
    private static Set<String> unknownFigures(String told) throws IOException {
        StringBuilder sources = new StringBuilder();
        for (String room : List.of("platform", "services", "gateway")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(room))) {
                for (Path file : files.filter(path -> path.toString().contains("/src/main/java/")
                                && path.toString().endsWith(".java"))
                        .toList()) {
                    sources.append(Files.readString(file));
                }
            }
        }
        Matcher asked = FIGURE.matcher(Files.readString(ROOT.resolve("deploy/prometheus/alerts.yml"))
                + Files.readString(ROOT.resolve("deploy/grafana/dashboards/rekindle.json")));
        Set<String> unknown = new TreeSet<>();
        int count = 0;
        while (asked.find()) {
            String name = asked.group();
            String plain = name.replaceFirst("_(bucket|count|sum)$", "").replaceFirst("_(ms|seconds)$", "");
            count++;
            if (!told.contains("\n" + name)
                    && !sources.toString().contains('"' + plain + '"')
                    && !sources.toString().contains('"' + plain.replaceFirst("_total$", "") + '"')) {
                unknown.add(name);
            }
        }
        assertThat(count).isGreaterThan(20);
        return unknown;
    }

    @Test
    void keys_are_made_once_and_only_their_owner_may_enter_the_folder() throws Exception {
        Path keys = folder.resolve("keys");
        Rekindle.commandLine().execute("keys", keys.toString());
        String first = Files.readString(keys.resolve("jobs.conf"));
        Rekindle.commandLine().execute("keys", keys.toString());
        assertThat(Files.readString(keys.resolve("jobs.conf"))).isEqualTo(first);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(keys)))
                .isEqualTo("rwx------");
    }

    @Test
    void every_image_runs_the_main_of_its_process() throws IOException {
        Matcher image = ENTRYPOINT.matcher(Files.readString(ROOT.resolve("Dockerfile")));
        Map<String, String> mains = new HashMap<>();
        while (image.find()) {
            mains.put(image.group(1), image.group(2));
        }
        assertThat(mains)
                .isEqualTo(Map.of(
                        "jobs", JobsMain.class.getName(),
                        "credits", CreditsMain.class.getName(),
                        "events", EventsMain.class.getName(),
                        "processing", ProcessingMain.class.getName(),
                        "worker", WorkerMain.class.getName(),
                        "gateway", GatewayMain.class.getName()));
        assertThat(compose().get("services"))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
                .containsKeys(mains.keySet().toArray());
    }

    @Test
    void the_manifests_of_kubernetes_give_each_process_the_same_settings() throws IOException {
        Map<String, Object> inPods = new HashMap<>();
        for (Object document : yaml().loadAll(Files.readString(ROOT.resolve("deploy/kubernetes/processes.yaml")))) {
            Map<?, ?> manifest = (Map<?, ?>) document;
            if (Objects.equals(manifest.get("kind"), "Deployment")) {
                Map<?, ?> container = container(manifest);
                inPods.put(
                        String.valueOf(container.get("name")),
                        ((List<?>) Objects.requireNonNull(container.get("env")))
                                .stream()
                                        .map(one -> String.valueOf(((Map<?, ?>) one).get("name")))
                                        .filter(name -> !ONLY_IN_PODS.contains(name))
                                        .collect(Collectors.toSet()));
            }
        }
        Map<String, Object> composed = new HashMap<>();
        for (String process : inPods.keySet()) {
            composed.put(
                    process,
                    environment(process).keySet().stream()
                            .filter(name -> !ONLY_IN_TRIALS.contains(name))
                            .collect(Collectors.toSet()));
        }
        assertThat(inPods).isEqualTo(composed).hasSize(6);
    }

    private static Map<?, ?> container(Map<?, ?> deployment) {
        Object at = deployment;
        for (String key : List.of("spec", "template", "spec", "containers")) {
            at = Objects.requireNonNull(((Map<?, ?>) at).get(key), key);
        }
        return (Map<?, ?>) ((List<?>) at).getFirst();
    }

    private static ProcessMain.Starter main(String process) {
        return switch (process) {
            case "events" -> EventsMain::start;
            case "credits" -> CreditsMain::start;
            case "processing" -> ProcessingMain::start;
            case "jobs" -> JobsMain::start;
            case "gateway" -> GatewayMain::start;
            case "worker" -> WorkerMain::start;
            case String other -> throw new IllegalArgumentException(other);
        };
    }

    /** Where what the compose file names is here. */
    private static Map<String, String> addresses(Stores stores) throws IOException {
        Map<String, String> addresses = new HashMap<>(Map.of(
                "//postgres:5432", stores.databaseUrl().replaceFirst(".*(//[^/]+)/.*", "$1"),
                "redis://redis:6379", stores.redisUrl(),
                "http://s3:8333", stores.s3Endpoint().toString()));
        for (String service : SERVICES) {
            addresses.put(service + ":9000", "127.0.0.1:" + FreePorts.next());
        }
        addresses.put("gateway:8080", "127.0.0.1:" + FreePorts.next());
        return addresses;
    }

    private static int port(Map<String, String> addresses, String name) {
        return Integer.parseInt(Objects.requireNonNull(addresses.get(name)).replaceFirst(".*:", ""));
    }

    /** The environment of a process in the compose file, and what its image has of its own. */
    private Settings settings(String process, Path keys, Map<String, String> addresses) throws IOException {
        Map<String, String> environment = environment(process);
        environment.replaceAll((name, value) -> {
            String text = value;
            for (Map.Entry<String, String> address : addresses.entrySet()) {
                text = text.replace(address.getKey(), address.getValue());
            }
            return text;
        });
        assertThat(environment).containsEntry("REKINDLE_CONFIG", "/run/secrets/settings");
        environment.put("REKINDLE_CONFIG", keys.resolve(process + ".conf").toString());
        if (SERVICES.contains(process)) {
            environment.put("REKINDLE_RPC_PORT", String.valueOf(port(addresses, process + ":9000")));
        }
        if (process.equals("gateway")) {
            environment.put("REKINDLE_HTTP_PORT", String.valueOf(port(addresses, "gateway:8080")));
        }
        if (process.equals("worker")) {
            environment.put("REKINDLE_WORKER_FOLDER", folder.resolve("work").toString());
        }
        environment.remove("REKINDLE_LOG_FORMAT"); // the frame of a process reads it, not its main
        return Settings.load(environment);
    }

    private static Map<String, String> environment(String process) throws IOException {
        Map<?, ?> services = (Map<?, ?>) Objects.requireNonNull(compose().get("services"));
        Map<?, ?> service = (Map<?, ?>) Objects.requireNonNull(services.get(process));
        Map<String, String> environment = new HashMap<>();
        ((Map<?, ?>) Objects.requireNonNull(service.get("environment")))
                .forEach((name, value) -> environment.put(String.valueOf(name), String.valueOf(value)));
        return environment;
    }

    private static Map<String, Object> compose() throws IOException {
        return yaml().load(Files.readString(ROOT.resolve("docker-compose.yml")));
    }

    private static Yaml yaml() {
        return new Yaml(new SafeConstructor(new LoaderOptions()));
    }
}
