package dev.rekindle.credits;

import dev.rekindle.credits.v1.ApiKeysServiceGrpc;
import dev.rekindle.credits.v1.CreateApiKeyRequest;
import dev.rekindle.credits.v1.CreateApiKeyResponse;
import dev.rekindle.credits.v1.ListApiKeysRequest;
import dev.rekindle.credits.v1.ListApiKeysResponse;
import dev.rekindle.credits.v1.RevokeApiKeyRequest;
import dev.rekindle.credits.v1.RevokeApiKeyResponse;
import dev.rekindle.credits.v1.VerifyApiKeyRequest;
import dev.rekindle.credits.v1.VerifyApiKeyResponse;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.platform.rpc.RpcService;
import io.grpc.ServerServiceDefinition;
import java.util.UUID;

/** Keys of partners' programs, over gRPC. A key's rate class is that of its holder's tier at the moment of asking. */
final class ApiKeysService {
    private final OpenAccount open;
    private final ApiKeys keys;
    private final ApiKeysConfig config;

    ApiKeysService(OpenAccount open, ApiKeys keys, ApiKeysConfig config) {
        this.open = open;
        this.keys = keys;
        this.config = config;
    }

    ServerServiceDefinition definition() {
        return RpcService.of(ApiKeysServiceGrpc.getServiceDescriptor())
                .unary(ApiKeysServiceGrpc.getCreateApiKeyMethod(), this::create)
                .unary(ApiKeysServiceGrpc.getListApiKeysMethod(), this::list)
                .unary(ApiKeysServiceGrpc.getRevokeApiKeyMethod(), this::revoke)
                .unary(ApiKeysServiceGrpc.getVerifyApiKeyMethod(), this::verify)
                .build();
    }

    private CreateApiKeyResponse create(CreateApiKeyRequest request) {
        Account account = open.requireOpen(Identity.currentUser());
        ApiKeys.Made made = keys.create(
                account,
                new ApiKeys.Wish(
                        request.getName(),
                        request.getScopesList().stream().sorted().toList(),
                        request.hasExpireTime() ? Times.instant(request.getExpireTime()) : null,
                        new ApiKeyStore.Origin(request.getRequestId(), Digests.hex(request.toByteArray()))));
        CreateApiKeyResponse.Builder response = CreateApiKeyResponse.newBuilder()
                .setApiKey(made.key().toMessage(config.callsPerMinute(account.tier())));
        if (made.secret() != null) {
            response.setSecret(made.secret().text());
        }
        return response.build();
    }

    private ListApiKeysResponse list(ListApiKeysRequest request) {
        Account account = open.run(Identity.currentUser());
        ListApiKeysResponse.Builder response = ListApiKeysResponse.newBuilder();
        keys.list(account).forEach(key -> response.addApiKeys(key.toMessage(config.callsPerMinute(account.tier()))));
        return response.build();
    }

    private RevokeApiKeyResponse revoke(RevokeApiKeyRequest request) {
        keys.revoke(open.run(Identity.currentUser()), UUID.fromString(request.getApiKeyId()));
        return RevokeApiKeyResponse.getDefaultInstance();
    }

    private VerifyApiKeyResponse verify(VerifyApiKeyRequest request) {
        ApiKeyStore.Held held = keys.verify(request.getSecret());
        return VerifyApiKeyResponse.newBuilder()
                .setUserId(held.userId())
                .setApiKey(held.key().toMessage(config.callsPerMinute(held.tier())))
                .build();
    }
}
