package dev.rekindle.credits;

import dev.rekindle.common.v1.AccessRule;
import dev.rekindle.common.v1.Role;
import dev.rekindle.credits.v1.BillingServiceGrpc;
import dev.rekindle.credits.v1.CreditsServiceGrpc;
import dev.rekindle.events.v1.EventsServiceGrpc;
import dev.rekindle.events.v1.WebhooksServiceGrpc;
import dev.rekindle.jobs.v1.JobsServiceGrpc;
import dev.rekindle.jobs.v1.PhotosServiceGrpc;
import dev.rekindle.platform.rpc.AccessRules;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.v1.ProcessingServiceGrpc;
import io.grpc.ServiceDescriptor;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What API keys can be allowed: the scopes that the contracts ask of partners, and no other. */
final class KeyScopes {
    private static final List<String> ALL = Stream.of(
                    JobsServiceGrpc.getServiceDescriptor(),
                    PhotosServiceGrpc.getServiceDescriptor(),
                    CreditsServiceGrpc.getServiceDescriptor(),
                    BillingServiceGrpc.getServiceDescriptor(),
                    ProcessingServiceGrpc.getServiceDescriptor(),
                    EventsServiceGrpc.getServiceDescriptor(),
                    WebhooksServiceGrpc.getServiceDescriptor())
            .map(ServiceDescriptor::getMethods)
            .flatMap(methods -> methods.stream().map(AccessRules::of))
            .filter(rule -> rule.getRolesList().contains(Role.ROLE_PARTNER)
                    && !rule.getScope().isEmpty())
            .map(AccessRule::getScope)
            .collect(Collectors.collectingAndThen(Collectors.toCollection(TreeSet::new), List::copyOf));

    private KeyScopes() {}

    /** In the order of their names. */
    static List<String> all() {
        return ALL;
    }

    /** @throws Failure INVALID_REQUEST naming the first scope that opens nothing */
    static void check(List<String> scopes) {
        for (int i = 0; i < scopes.size(); i++) {
            if (!ALL.contains(scopes.get(i))) {
                throw Failure.invalid(
                        "scopes[" + i + "]",
                        "\"" + scopes.get(i) + "\" opens nothing; expected one of " + String.join(", ", ALL) + ".");
            }
        }
    }
}
