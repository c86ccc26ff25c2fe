package dev.rekindle.gateway.auth;

import dev.rekindle.platform.rpc.Identity;
import org.jspecify.annotations.Nullable;

/** Tells who holds a credential. */
public interface Authenticator {

    /** The identity, if it is known without asking anybody else; safe on an event loop. */
    @Nullable
    Identity known(String credential);

    /**
     * The identity; may ask others and block.
     *
     * @throws dev.rekindle.platform.rpc.Failure UNAUTHENTICATED or CREDENTIALS_EXPIRED if the credential is not good,
     *     UNAVAILABLE if that cannot be told now
     */
    Identity authenticate(String credential) throws InterruptedException;
}
