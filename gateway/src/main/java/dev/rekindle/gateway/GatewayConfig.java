package dev.rekindle.gateway;

import dev.rekindle.gateway.auth.AuthConfig;
import dev.rekindle.gateway.call.Mesh;
import dev.rekindle.gateway.limit.RateLimitConfig;
import dev.rekindle.gateway.rest.RestConfig;
import dev.rekindle.gateway.rest.SocketConfig;
import dev.rekindle.gateway.web.WebConfig;
import dev.rekindle.platform.config.Settings;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * All settings of the gateway, each part read by the component that owns it.
 *
 * @param targets gRPC targets of the services, by room
 */
public record GatewayConfig(
        HttpConfig http,
        CallConfig calls,
        RestConfig rest,
        SocketConfig socket,
        AuthConfig auth,
        RateLimitConfig rateLimits,
        WebConfig web,
        Map<String, String> targets) {

    /** Reads all parts. */
    public static GatewayConfig from(Settings settings) {
        Settings services = settings.under("services");
        Map<String, String> targets = new LinkedHashMap<>();
        Mesh.ROOMS.forEach(room -> targets.put(room, services.text(room)));
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
