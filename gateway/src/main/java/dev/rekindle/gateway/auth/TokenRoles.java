package dev.rekindle.gateway.auth;

import dev.rekindle.common.v1.Role;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jose4j.jwt.JwtClaims;
import org.jspecify.annotations.Nullable;

/** The roles a token claims for a person. */
final class TokenRoles {
    private TokenRoles() {}

    /**
     * The roles in a claim: a list or a text with spaces. Whoever signed in is a user; "partner" and "admin" come from
     * the claim; "internal" is for services and never taken from a token.
     */
    static Set<Role> of(JwtClaims claims, String claim) {
        Set<Role> roles = EnumSet.of(Role.ROLE_USER);
        words(find(claims.getClaimsMap(), claim)).forEach(word -> {
            switch (word.toLowerCase(Locale.ROOT)) {
                case "partner" -> roles.add(Role.ROLE_PARTNER);
                case "admin" -> roles.add(Role.ROLE_ADMIN);
                default -> {
                    // A role of another program.
                }
            }
        });
        return roles;
    }

    private static @Nullable Object find(Map<?, ?> claims, String name) {
        if (claims.containsKey(name)) {
            return claims.get(name);
        }
        int dot = name.indexOf('.');
        return dot > 0 && claims.get(name.substring(0, dot)) instanceof Map<?, ?> inner
                ? find(inner, name.substring(dot + 1))
                : null;
    }

    private static Stream<String> words(@Nullable Object value) {
        return switch (value) {
            case Collection<?> list -> list.stream().map(String::valueOf);
            case String text -> Arrays.stream(text.split("[ ,]+"));
            case null -> Stream.empty();
            case Object other -> Stream.empty();
        };
    }
}
