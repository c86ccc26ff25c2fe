package dev.rekindle.app;

import dev.rekindle.common.v1.Role;
import dev.rekindle.common.v1.Tier;
import dev.rekindle.credits.v1.CreditsServiceGrpc;
import dev.rekindle.credits.v1.SetTierRequest;
import dev.rekindle.platform.config.Durations;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints a token of the embedded sign-in, for curl, grpcurl and tests. */
@Command(
        name = "token",
        description = "Prints a token for curl and grpcurl (embedded sign-in only).",
        mixinStandardHelpOptions = true)
final class TokenCommand implements Callable<Integer> {
    private enum RoleName {
        user,
        partner,
        admin
    }

    private enum TierName {
        free,
        remember,
        cherish,
        forever
    }

    @Mixin
    private final Where where = new Where();

    @Option(names = "--user", required = true, paramLabel = "NAME", description = "Whose token.")
    private String user = "";

    @Option(names = "--role", defaultValue = "user", description = "user, partner or admin (default user).")
    private RoleName role = RoleName.user;

    @Option(names = "--tier", description = "Also puts the user into this tier: free, remember, cherish, forever.")
    private @org.jspecify.annotations.Nullable TierName tier;

    @Option(names = "--life", defaultValue = "12h", description = "How long it is good (default 12h).")
    private String life = "";

    @Override
    public Integer call() throws IOException {
        UserName.checked("--user", user);
        Secrets secrets = Secrets.open(where.data().resolve("secrets.properties"));
        if (tier != null) {
            setTier(tier);
        }
        try {
            System.out.println(LocalSession.issuer(secrets).token(user, Set.of(role(role)), Durations.parse(life)));
        } catch (IllegalArgumentException e) {
            throw new CannotStart("--life: " + e.getMessage());
        }
        return 0;
    }

    private void setTier(TierName name) throws IOException {
        LocalSession session = LocalSession.find(where.data())
                .orElseThrow(() -> new CannotStart("--tier needs a running Rekindle; start it with ./rekindle up"));
        try (session) {
            CreditsServiceGrpc.newBlockingStub(session.as("operator", Role.ROLE_ADMIN))
                    .setTier(SetTierRequest.newBuilder()
                            .setUserId(user)
                            .setTier(Tier.valueOf("TIER_" + name.name().toUpperCase(Locale.ROOT)))
                            .build());
        }
    }

    private static Role role(RoleName name) {
        return switch (name) {
            case user -> Role.ROLE_USER;
            case partner -> Role.ROLE_PARTNER;
            case admin -> Role.ROLE_ADMIN;
        };
    }
}
