package dev.rekindle.platform.rpc;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.Role;
import io.grpc.Context;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who calls: vouched for by the gateway (people and partners) or by a service (itself).
 *
 * @param subject the user's id; for INTERNAL the service's name
 * @param roles what the caller is
 * @param scopes what an API key or a hand-over may do; null where none limits the caller
 * @param expiry when the caller's own credentials end; a stream must not outlive it
 */
public record Identity(
        String subject, Set<Role> roles, @Nullable Set<String> scopes, Instant expiry) {
    private static final String HANDOFF = "handoff:";
    static final Context.Key<Identity> CURRENT = Context.key("rekindle-identity");

    public Identity {
        if (subject.isEmpty() || subject.length() > 128 || subject.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("A subject has 1 to 128 characters, none of which controls anything.");
        }
        roles = Set.copyOf(roles);
        scopes = scopes == null ? null : Set.copyOf(scopes);
    }

    /** A service of the mesh speaking for itself. */
    public static Identity service(String name, Instant expiry) {
        return new Identity(name, Set.of(Role.ROLE_INTERNAL), null, expiry);
    }

    /** A device that redeemed a hand-over: it uploads for the user, within that hand-over. */
    public static Identity handoff(String user, String handoffId, Instant expiry) {
        return new Identity(user, Set.of(Role.ROLE_HANDOFF), Set.of("photos:write", HANDOFF + handoffId), expiry);
    }

    /** The hand-over the caller may upload for; null if the caller is no such device. */
    public @Nullable String handoff() {
        if (!has(Role.ROLE_HANDOFF) || scopes == null) {
            return null;
        }
        return scopes.stream()
                .filter(scope -> scope.startsWith(HANDOFF))
                .findFirst()
                .map(scope -> scope.substring(HANDOFF.length()))
                .orElseThrow(() -> Failure.internal("A hand-over without its id came to " + subject, null));
    }

    /**
     * The caller of the present RPC.
     *
     * @throws Failure UNAUTHENTICATED if nobody is known
     */
    public static Identity current() {
        Identity identity = CURRENT.get();
        if (identity == null) {
            throw Failure.of(Reason.REASON_UNAUTHENTICATED, "Sign in first.");
        }
        return identity;
    }

    /** The id of the user whose rows the present RPC may touch. */
    public static String currentUser() {
        return current().subject();
    }

    /** This identity as the caller of what runs in the answered context. */
    public Context asCurrent() {
        return Context.current().withValue(CURRENT, this);
    }

    public boolean has(Role role) {
        return roles.contains(role);
    }

    /** True if no key limits the caller, or its key has the scope. */
    public boolean may(String scope) {
        return scopes == null || scope.isEmpty() || scopes.contains(scope);
    }
}
