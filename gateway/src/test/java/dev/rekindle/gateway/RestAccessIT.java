package dev.rekindle.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.AccessRule;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.Role;
import dev.rekindle.credits.v1.ApiKey;
import dev.rekindle.credits.v1.ApiKeysServiceGrpc;
import dev.rekindle.credits.v1.VerifyApiKeyResponse;
import dev.rekindle.gateway.auth.EmbeddedIssuer;
import dev.rekindle.gateway.call.Contract;
import dev.rekindle.gateway.rest.RestBinder;
import dev.rekindle.gateway.rest.RestBinding;
import dev.rekindle.jobs.v1.PhotosServiceGrpc;
import dev.rekindle.platform.config.Secret;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.RpcService;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The access matrix over REST, server-sent events and WebSocket: every address, called by everybody. */
@Tag("API-04")
class RestAccessIT {
    private static final String SCOPED_KEY = "rk_scoped";
    private static final String ID = "01890000-0000-7000-8000-000000000001";
    private static GatewayFixture fixture;

    /** All services, with nothing in them but the check of API keys: who gets in hears that there is nothing. */
    @BeforeAll
    static void start() throws Exception {
        List<ServerServiceDefinition> services = new ArrayList<>();
        for (ServiceDescriptor descriptor : Contract.SERVICES) {
            RpcService.Builder service = RpcService.of(descriptor);
            if (descriptor.getName().equals(ApiKeysServiceGrpc.SERVICE_NAME)) {
                service.unary(ApiKeysServiceGrpc.getVerifyApiKeyMethod(), request -> {
                    if (!request.getSecret().equals(SCOPED_KEY)) {
                        throw Failure.of(Reason.REASON_UNAUTHENTICATED, "No such key.");
                    }
                    return VerifyApiKeyResponse.newBuilder()
                            .setUserId("partner-7")
                            .setApiKey(ApiKey.newBuilder().addScopes("webhooks:read"))
                            .build();
                });
            }
            if (descriptor.getName().equals(PhotosServiceGrpc.SERVICE_NAME)) {
                service.unary(PhotosServiceGrpc.getVerifyHandoffMethod(), AccessIT::verifyHandoff);
            }
            services.add(service.build());
        }
        fixture = new GatewayFixture(services, Map.of());
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    static Stream<RestBinding> everyBinding() {
        return RestBinder.bindings().stream();
    }

    private static HttpResponse<String> call(RestBinding binding, @Nullable String credential) throws Exception {
        String path = binding.path().text();
        for (String field : binding.path().fields()) {
            path = path.replace("{" + field + "}", ID);
        }
        HttpRequest.Builder request =
                fixture.anonymous(path).method(binding.method().name(), HttpRequest.BodyPublishers.noBody());
        if (credential != null) {
            request.header("Authorization", "Bearer " + credential);
        }
        return fixture.send(request);
    }

    private static boolean passes(RestBinding binding, @Nullable String credential) throws Exception {
        int status = call(binding, credential).statusCode();
        assertThat(status).as(binding.path().text()).isNotIn(404, 405, 500);
        return status != 401 && status != 403;
    }

    @ParameterizedTest
    @MethodSource("everyBinding")
    void an_address_lets_in_whom_the_rule_of_its_rpc_names(RestBinding binding) throws Exception {
        AccessRule rule = binding.rpc().rule();
        assertThat(passes(binding, null)).as("nobody").isEqualTo(rule.getAnonymous());
        for (Role role : List.of(Role.ROLE_USER, Role.ROLE_PARTNER, Role.ROLE_ADMIN)) {
            EnumSet<Role> roles = EnumSet.of(Role.ROLE_USER, role);
            boolean expected =
                    rule.getAnonymous() || rule.getRolesList().stream().anyMatch(roles::contains);
            assertThat(passes(binding, fixture.token("ada", roles.toArray(Role[]::new))))
                    .as(role.name())
                    .isEqualTo(expected);
        }
        boolean keyFits = rule.getRolesList().contains(Role.ROLE_PARTNER)
                && rule.getScope().equals("webhooks:read");
        assertThat(passes(binding, SCOPED_KEY)).as("an API key").isEqualTo(rule.getAnonymous() || keyFits);
        assertThat(passes(binding, AccessIT.PHONE))
                .as("a phone")
                .isEqualTo(rule.getAnonymous() || rule.getRolesList().contains(Role.ROLE_HANDOFF));
    }

    @ParameterizedTest
    @MethodSource("everyBinding")
    void no_address_lets_in_a_credential_that_is_not_good(RestBinding binding) throws Exception {
        EmbeddedIssuer forger =
                new EmbeddedIssuer(new Secret(EmbeddedIssuer.newKey()), fixture.issuer.issuer(), Clock.systemUTC());
        String forged = forger.token("ada", EnumSet.allOf(Role.class), Duration.ofHours(1));
        String expired = fixture.issuer.token("ada", Set.of(Role.ROLE_ADMIN), Duration.ofMinutes(-1));
        for (String credential : List.of(forged, expired, "rk_unknown", "rkh_unknown", "nonsense")) {
            HttpResponse<String> response = call(binding, credential);
            assertThat(response.statusCode()).as(credential).isEqualTo(401);
            assertThat(response.headers().firstValue("www-authenticate")).isPresent();
        }
    }

    @ParameterizedTest
    @MethodSource("badCredentials")
    void no_websocket_listens_to_a_credential_that_is_not_good(String credential, int code) throws Exception {
        try (SocketClient client = SocketClient.connect(fixture)) {
            client.send("{\"type\":\"identify\",\"token\":\"" + credential + "\"}");
            assertThat(client.closed()).isEqualTo(code);
        }
    }

    static Stream<Arguments> badCredentials() {
        EmbeddedIssuer forger =
                new EmbeddedIssuer(new Secret(EmbeddedIssuer.newKey()), "http://localhost/dev/oidc", Clock.systemUTC());
        return Stream.of(
                Arguments.of(forger.token("ada", EnumSet.allOf(Role.class), Duration.ofHours(1)), 4401),
                Arguments.of("nonsense", 4401),
                Arguments.of("rk_unknown", 4401),
                // A good key, but not for events.
                Arguments.of(SCOPED_KEY, 4403),
                Arguments.of("rkh_unknown", 4401),
                Arguments.of(AccessIT.PHONE, 4403));
    }
}
