package dev.rekindle.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.rekindle.common.v1.AccessRule;
import dev.rekindle.common.v1.Role;
import dev.rekindle.credits.v1.ApiKey;
import dev.rekindle.credits.v1.ApiKeysServiceGrpc;
import dev.rekindle.credits.v1.VerifyApiKeyResponse;
import dev.rekindle.gateway.auth.EmbeddedIssuer;
import dev.rekindle.gateway.call.Contract;
import dev.rekindle.jobs.v1.PhotosServiceGrpc;
import dev.rekindle.jobs.v1.VerifyHandoffRequest;
import dev.rekindle.jobs.v1.VerifyHandoffResponse;
import dev.rekindle.platform.config.Secret;
import dev.rekindle.platform.rpc.AccessRules;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.platform.rpc.RpcService;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every RPC of the contracts, called by everybody: only those its rule names get past the door. */
class AccessIT {
    private static final String SCOPED_KEY = "rk_scoped";

    /** The token of a hand-over. */
    static final String PHONE = "rkh_phone";

    private static final String FORGED_KEY = EmbeddedIssuer.newKey();
    private static final String REVOCABLE_KEY = "rk_revocable";
    private static final AtomicBoolean REVOKED = new AtomicBoolean();
    private static GatewayFixture fixture;
    private static ManagedChannel channel;

    /** All services, with nothing in them but the check of API keys: who gets in hears UNIMPLEMENTED. */
    @BeforeAll
    static void start() throws Exception {
        List<ServerServiceDefinition> services = new ArrayList<>();
        for (ServiceDescriptor descriptor : Contract.SERVICES) {
            RpcService.Builder service = RpcService.of(descriptor);
            if (descriptor.getName().equals(ApiKeysServiceGrpc.SERVICE_NAME)) {
                service.unary(ApiKeysServiceGrpc.getVerifyApiKeyMethod(), request -> {
                    assertThat(Identity.current().subject()).isEqualTo("gateway");
                    boolean good = request.getSecret().equals(SCOPED_KEY)
                            || (request.getSecret().equals(REVOCABLE_KEY) && !REVOKED.get());
                    if (!good) {
                        throw Failure.of(dev.rekindle.common.v1.Reason.REASON_UNAUTHENTICATED, "No such key.");
                    }
                    return VerifyApiKeyResponse.newBuilder()
                            .setUserId("partner-7")
                            .setApiKey(ApiKey.newBuilder().addScopes("jobs:read"))
                            .build();
                });
            }
            if (descriptor.getName().equals(PhotosServiceGrpc.SERVICE_NAME)) {
                service.unary(PhotosServiceGrpc.getVerifyHandoffMethod(), AccessIT::verifyHandoff);
            }
            services.add(service.build());
        }
        fixture = new GatewayFixture(services, Map.of());
        channel = NettyChannelBuilder.forAddress("127.0.0.1", fixture.gateway.port())
                .usePlaintext()
                .build();
    }

    static VerifyHandoffResponse verifyHandoff(VerifyHandoffRequest request) {
        assertThat(Identity.current().subject()).isEqualTo("gateway");
        if (!request.getToken().equals(PHONE)) {
            throw Failure.of(dev.rekindle.common.v1.Reason.REASON_UNAUTHENTICATED, "No such token.");
        }
        Instant end = Instant.now().plusSeconds(60);
        return VerifyHandoffResponse.newBuilder()
                .setUserId("ada")
                .setHandoffId(UUID.randomUUID().toString())
                .setExpireTime(Timestamp.newBuilder().setSeconds(end.getEpochSecond()))
                .build();
    }

    @AfterAll
    static void stop() {
        channel.shutdownNow();
        fixture.close();
    }

    static Stream<MethodDescriptor<?, ?>> everyRpc() {
        return Contract.SERVICES.stream().flatMap(service -> service.getMethods().stream());
    }

    @ParameterizedTest
    @MethodSource("everyRpc")
    @Tag("API-04")
    void an_rpc_lets_in_whom_its_rule_names(MethodDescriptor<Message, Message> method) {
        AccessRule rule = AccessRules.of(method);
        boolean hidden = !rule.getAnonymous() && Set.copyOf(rule.getRolesList()).equals(Set.of(Role.ROLE_INTERNAL));

        assertThat(passes(method, null)).as("nobody").isEqualTo(rule.getAnonymous());
        for (Role role : List.of(Role.ROLE_USER, Role.ROLE_PARTNER, Role.ROLE_ADMIN)) {
            EnumSet<Role> roles = EnumSet.of(Role.ROLE_USER, role);
            boolean expected = !hidden
                    && (rule.getAnonymous() || rule.getRolesList().stream().anyMatch(roles::contains));
            assertThat(passes(method, fixture.token("ada", roles.toArray(Role[]::new))))
                    .as(role.name())
                    .isEqualTo(expected);
        }
        boolean keyFits = rule.getRolesList().contains(Role.ROLE_PARTNER)
                && rule.getScope().equals("jobs:read");
        assertThat(passes(method, SCOPED_KEY)).as("an API key").isEqualTo(rule.getAnonymous() || keyFits);
        assertThat(passes(method, PHONE))
                .as("a phone")
                .isEqualTo(rule.getAnonymous() || rule.getRolesList().contains(Role.ROLE_HANDOFF));
    }

    @ParameterizedTest
    @MethodSource("everyRpc")
    @Tag("API-04")
    void no_rpc_lets_in_a_credential_that_is_not_good(MethodDescriptor<Message, Message> method) {
        EmbeddedIssuer forger = new EmbeddedIssuer(new Secret(FORGED_KEY), fixture.issuer.issuer(), Clock.systemUTC());
        String forged = forger.token("ada", EnumSet.allOf(Role.class), Duration.ofHours(1));
        String expired = fixture.issuer.token("ada", Set.of(Role.ROLE_ADMIN), Duration.ofMinutes(-1));

        for (String credential : List.of(forged, expired, "rk_unknown", "rkh_unknown", "nonsense", "a.b.c")) {
            assertThat(code(method, credential))
                    .as(credential)
                    .isIn(Status.Code.UNAUTHENTICATED, Status.Code.UNIMPLEMENTED)
                    .isEqualTo(isHidden(method) ? Status.Code.UNIMPLEMENTED : Status.Code.UNAUTHENTICATED);
        }
    }

    static Stream<MethodDescriptor<?, ?>> aRpcForKeys() {
        return everyRpc().filter(method -> method.getFullMethodName().endsWith("/ListJobs"));
    }

    @ParameterizedTest
    @MethodSource("aRpcForKeys")
    @Tag("API-04")
    void a_key_is_refused_with_the_first_call_after_it_was_revoked(MethodDescriptor<Message, Message> method) {
        assertThat(passes(method, REVOCABLE_KEY)).isTrue();
        assertThat(passes(method, REVOCABLE_KEY)).isTrue();
        REVOKED.set(true);
        assertThat(code(method, REVOCABLE_KEY)).isEqualTo(Status.Code.UNAUTHENTICATED);
    }

    @Test
    @Tag("PHO-10")
    void a_phone_that_was_let_in_may_upload_and_do_nothing_else() {
        assertThat(everyRpc()
                        .filter(method -> AccessRules.of(method).getRolesList().contains(Role.ROLE_HANDOFF))
                        .map(MethodDescriptor::getBareMethodName))
                .containsExactlyInAnyOrder("CreateUpload", "GetUpload", "WriteUpload", "CompleteUpload", "AbortUpload");
    }

    @Test
    @Tag("API-04")
    void a_token_makes_nobody_a_service_of_the_mesh() {
        String token = fixture.issuer.token("gateway", EnumSet.of(Role.ROLE_INTERNAL), Duration.ofHours(1));
        MethodDescriptor<?, ?> method = ApiKeysServiceGrpc.getVerifyApiKeyMethod();
        @SuppressWarnings("unchecked") // generated methods carry generated messages, which are Messages
        MethodDescriptor<Message, Message> hidden = (MethodDescriptor<Message, Message>) method;
        assertThat(code(hidden, token)).isEqualTo(Status.Code.UNIMPLEMENTED);
    }

    @Test
    @Tag("CARD-01")
    void the_list_of_services_is_that_of_the_contracts() throws Exception {
        assertThat(Contract.SERVICES)
                .extracting(ServiceDescriptor::getName)
                .containsExactlyInAnyOrderElementsOf(ProtosetServices.names());
    }

    private static boolean isHidden(MethodDescriptor<?, ?> method) {
        AccessRule rule = AccessRules.of(method);
        return !rule.getAnonymous() && Set.copyOf(rule.getRolesList()).equals(Set.of(Role.ROLE_INTERNAL));
    }

    /** True if the call reached the service, which has nothing there or finds the empty request wanting. */
    private static boolean passes(MethodDescriptor<Message, Message> method, @Nullable String credential) {
        return switch (code(method, credential)) {
            case UNIMPLEMENTED -> !isHidden(method);
            case INVALID_ARGUMENT, CANCELLED -> true;
            case UNAUTHENTICATED, PERMISSION_DENIED -> false;
            case Status.Code other -> throw new AssertionError(method.getFullMethodName() + " answered " + other);
        };
    }

    private static Status.Code code(MethodDescriptor<Message, Message> method, @Nullable String credential) {
        Metadata headers = new Metadata();
        if (credential != null) {
            headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + credential);
        }
        try {
            var call = ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers))
                    .newCall(method, CallOptions.DEFAULT.withDeadlineAfter(10, java.util.concurrent.TimeUnit.SECONDS));
            Message request = ((MethodDescriptor.PrototypeMarshaller<Message>) method.getRequestMarshaller())
                    .getMessagePrototype();
            if (method.getType() == MethodDescriptor.MethodType.UNARY) {
                ClientCalls.blockingUnaryCall(call, request);
            } else {
                var _ = ClientCalls.blockingServerStreamingCall(call, request).hasNext();
            }
            throw new AssertionError(method.getFullMethodName() + " answered");
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode();
        }
    }
}
