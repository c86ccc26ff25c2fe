package dev.rekindle.gateway;

import dev.rekindle.gateway.auth.AuthConfig;
import dev.rekindle.gateway.call.Contract;
import dev.rekindle.gateway.call.Mesh;
import dev.rekindle.gateway.limit.RateLimitConfig;
import dev.rekindle.gateway.rest.RestConfig;
import dev.rekindle.gateway.rest.SocketConfig;
import dev.rekindle.gateway.web.WebConfig;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.rpc.RpcTarget;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * All settings of the gateway, each part read by the component that owns it.
 *
 * @param targets where the services are, by room
 */
public record GatewayConfig(
        HttpConfig http,
        CallConfig calls,
        RestConfig rest,
        SocketConfig socket,
        AuthConfig auth,
        RateLimitConfig rateLimits,
        WebConfig web,
        Map<String, RpcTarget> targets) {

    /** Reads all parts. */
    public static GatewayConfig from(Settings settings) {
        Map<String, RpcTarget> targets = new LinkedHashMap<>();
        Mesh.ROOMS.forEach(room -> targets.put(room, RpcTarget.from(settings, room, Contract.of(room))));
        return new GatewayConfig(
                HttpConfig.from(settings),
                CallConfig.from(settings),
                RestConfig.from(settings),
                SocketConfig.from(settings),
                AuthConfig.from(settings),
                RateLimitConfig.from(settings),
                WebConfig.from(settings),
                targets);
    }
}
