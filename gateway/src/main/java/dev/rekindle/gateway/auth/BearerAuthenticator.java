package dev.rekindle.gateway.auth;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Identity;
import org.jspecify.annotations.Nullable;

/** The value of an Authorization header: {@code Bearer} and an API key, or {@code Bearer} and a token. */
public final class BearerAuthenticator implements Authenticator {
    private static final String SCHEME = "Bearer ";

    private final Authenticator tokens;
    private final Authenticator apiKeys;

    public BearerAuthenticator(Authenticator tokens, Authenticator apiKeys) {
        this.tokens = tokens;
        this.apiKeys = apiKeys;
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
        return credential(header).startsWith(ApiKeyAuthenticator.PREFIX) ? apiKeys : tokens;
    }

    private static boolean isBearer(String header) {
        return header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                && !credential(header).isEmpty();
    }

    private static String credential(String header) {
        return header.substring(SCHEME.length()).strip();
    }
}
