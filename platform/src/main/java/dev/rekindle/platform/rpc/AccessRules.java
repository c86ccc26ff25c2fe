package dev.rekindle.platform.rpc;

import com.google.protobuf.Descriptors;
import dev.rekindle.common.v1.Access;
import dev.rekindle.common.v1.AccessRule;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.Role;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Decides who may call what, from the rule in the contract and nothing else. */
public final class AccessRules {
    private AccessRules() {}

    /**
     * The rule of a method.
     *
     * @throws IllegalStateException if the contract gives none, so that a server with such a method does not start
     */
    public static AccessRule of(MethodDescriptor<?, ?> method) {
        if (!(method.getSchemaDescriptor() instanceof ProtoMethodDescriptorSupplier supplier)) {
            throw new IllegalStateException(method.getFullMethodName() + " has no contract");
        }
        return of(supplier.getMethodDescriptor());
    }

    /** The rule of a method by its contract. */
    public static AccessRule of(Descriptors.MethodDescriptor method) {
        if (!method.getOptions().hasExtension(Access.access)) {
            throw new IllegalStateException(method.getFullName() + " has no access rule in its contract");
        }
        AccessRule rule = method.getOptions().getExtension(Access.access);
        if (rule.getAnonymous() == !rule.getRolesList().isEmpty()) {
            throw new IllegalStateException(method.getFullName() + " must have roles or be anonymous, and not both");
        }
        return rule;
    }

    /**
     * Lets the call pass or refuses it.
     *
     * @throws Failure UNAUTHENTICATED if nobody is known, PERMISSION_DENIED if the caller may not
     */
    public static void check(AccessRule rule, @Nullable Identity caller) {
        if (rule.getAnonymous()) {
            return;
        }
        if (caller == null) {
            throw Failure.of(
                    Reason.REASON_UNAUTHENTICATED,
                    "Sign in first: send a token or an API key as Authorization: Bearer.");
        }
        if (rule.getRolesList().stream().noneMatch(caller::has)) {
            throw Failure.of(
                    Reason.REASON_PERMISSION_DENIED,
                    "This call is for "
                            + rule.getRolesList().stream()
                                    .map(AccessRules::word)
                                    .collect(Collectors.joining(", "))
                            + "; you are "
                            + caller.roles().stream()
                                    .map(AccessRules::word)
                                    .sorted()
                                    .collect(Collectors.joining(", "))
                            + ".");
        }
        if (!caller.has(Role.ROLE_INTERNAL) && caller.scopes() != null) {
            if (rule.getScope().isEmpty()) {
                throw Failure.of(Reason.REASON_PERMISSION_DENIED, "This call is not open to API keys.");
            }
            if (!caller.may(rule.getScope())) {
                throw Failure.of(
                        Reason.REASON_PERMISSION_DENIED, "This API key lacks the scope " + rule.getScope() + ".");
            }
        }
    }

    private static String word(Role role) {
        return role.name().substring("ROLE_".length()).toLowerCase(java.util.Locale.ROOT);
    }
}
