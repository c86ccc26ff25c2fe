package dev.rekindle.credits;

import dev.rekindle.common.v1.Role;
import dev.rekindle.credits.v1.CreditsServiceGrpc;
import dev.rekindle.credits.v1.CreditsServiceGrpc.CreditsServiceBlockingStub;
import dev.rekindle.platform.Closer;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.db.DatabaseConfig;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.platform.rpc.IdentityKeys;
import dev.rekindle.platform.rpc.IdentityTokens;
import dev.rekindle.platform.rpc.RpcChannel;
import dev.rekindle.platform.rpc.RpcTarget;
import dev.rekindle.platform.telemetry.Telemetry;
import dev.rekindle.testkit.Servers;
import io.grpc.Channel;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Two processes of the service on one real database, with a receiver of their events, and real channels to them. */
final class CreditsMesh implements AutoCloseable {
    private final KeyPair gateway = IdentityKeys.generate();
    private final KeyPair jobs = IdentityKeys.generate();
    private final KeyPair credits = IdentityKeys.generate();
    private final Closer closer = new Closer();
    final Telemetry telemetry = closer.add(Telemetry.start("test", Settings.of(Map.of())));
    final ReceivedEvents events = closer.add(new ReceivedEvents(
            new IdentityTokens(
                    new IdentityKeys(
                            "events", IdentityKeys.generate().getPrivate(), Map.of("credits", credits.getPublic())),
                    Clock.systemUTC()),
            telemetry));
    final List<CreditsMain> processes = new ArrayList<>();

    CreditsMesh() {
        this(Map.of());
    }

    /** With more settings. */
    CreditsMesh(Map<String, String> more) {
        DatabaseConfig database = Servers.databaseConfig("credits");
        Map<String, String> settings = new HashMap<>(more);
        settings.putAll(Map.of(
                "database.url", database.url(),
                "database.user", database.user(),
                "database.password", database.password().reveal(),
                "services.events", events.target(),
                "services.jobs", events.target(),
                "identity.private_key", IdentityKeys.encode(credits.getPrivate()),
                "identity.trusted_keys",
                        "gateway:" + IdentityKeys.encode(gateway.getPublic()) + ",jobs:"
                                + IdentityKeys.encode(jobs.getPublic())));
        for (int i = 0; i < 2; i++) {
            processes.add(closer.add(CreditsMain.start(Settings.of(settings), telemetry, Clock.systemUTC())));
        }
    }

    String target(int process) {
        return "dns:///127.0.0.1:" + processes.get(process).port();
    }

    /** A channel of the gateway, which vouches for the caller. */
    Channel as(Identity caller) {
        IdentityTokens tokens = tokens("gateway", gateway);
        return closer.add(RpcChannel.open(RpcTarget.clear(target(0)), () -> tokens.sign(caller), telemetry))
                .channel();
    }

    /** A channel of somebody who says to be the gateway and has not its key. */
    Channel asForgedGateway() {
        return closer.add(RpcChannel.open(
                        RpcTarget.clear(target(0)), tokens("gateway", IdentityKeys.generate()), telemetry))
                .channel();
    }

    CreditsServiceBlockingStub user(String userId) {
        return CreditsServiceGrpc.newBlockingStub(as(new Identity(userId, Set.of(Role.ROLE_USER), null, Instant.MAX)));
    }

    CreditsServiceBlockingStub admin() {
        return CreditsServiceGrpc.newBlockingStub(
                as(new Identity("operator-1", Set.of(Role.ROLE_ADMIN), null, Instant.MAX)));
    }

    CreditsServiceBlockingStub jobs(int process) {
        return CreditsServiceGrpc.newBlockingStub(
                closer.add(RpcChannel.open(RpcTarget.clear(target(process)), tokens("jobs", jobs), telemetry))
                        .channel());
    }

    private static IdentityTokens tokens(String name, KeyPair keys) {
        return new IdentityTokens(new IdentityKeys(name, keys.getPrivate(), Map.of()), Clock.systemUTC());
    }

    @Override
    public void close() {
        closer.close();
    }
}
