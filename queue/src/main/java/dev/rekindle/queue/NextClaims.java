package dev.rekindle.queue;

import java.util.List;

/**
 * What {@link Queue#finishAndClaim} did.
 *
 * @param held per finish, in their order: false if the lease was lost and nothing has changed
 * @param claims what was claimed after them
 */
public record NextClaims(List<Boolean> held, List<Claim> claims) {}
