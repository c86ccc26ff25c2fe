package dev.rekindle.gateway.auth;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Identity;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The value of an Authorization header: {@code Bearer} and a secret this mesh gave out, or {@code Bearer} and a token. */
public final class BearerAuthenticator implements Authenticator {
    private static final String SCHEME = "Bearer ";

    private final Authenticator tokens;
    private final Map<String, Authenticator> secrets;

    /** @param secrets who knows secrets, by what these begin with */
    public BearerAuthenticator(Authenticator tokens, Map<String, Authenticator> secrets) {
        this.tokens = tokens;
        this.secrets = Map.copyOf(secrets);
    }

    @Override
    public @Nullable Identity known(String header) {
        return isBearer(header) ? chosen(header).known(credential(header)) : null;
    }

    @Override
    public Identity authenticate(String header) throws InterruptedException {
        if (!isBearer(header)) {
            throw Failure.of(
                    Reason.REASON_UNAUTHENTICATED, "Authorization must be \"Bearer\" and a token or an API key.");
        }
        return chosen(header).authenticate(credential(header));
    }

    private Authenticator chosen(String header) {
        String credential = credential(header);
        return secrets.entrySet().stream()
                .filter(entry -> credential.startsWith(entry.getKey()))
                .findFirst()
                .map(Map.Entry::getValue)
                .orElse(tokens);
    }

    private static boolean isBearer(String header) {
        return header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                && !credential(header).isEmpty();
    }

    private static String credential(String header) {
        return header.substring(SCHEME.length()).strip();
    }
}
