package dev.rekindle.events.webhooks;

import dev.rekindle.platform.net.AddressGuard;
import dev.rekindle.platform.rpc.Failure;
import java.net.URI;
import java.net.URISyntaxException;

/** Which URLs an endpoint may have. What a name stands for is checked when something is sent there, each time. */
final class UrlRules {
    private static final String FIELD = "settings.url";

    private final boolean allowHttp;
    private final AddressGuard guard;

    UrlRules(WebhooksConfig.Targets config, AddressGuard guard) {
        this.allowHttp = config.allowHttp();
        this.guard = guard;
    }

    /** @throws Failure INVALID_REQUEST that tells what is wrong */
    void check(String url) {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            throw Failure.invalid(FIELD, "\"" + url + "\" is no URL.");
        }
        boolean https = "https".equalsIgnoreCase(uri.getScheme());
        if (!https && !(allowHttp && "http".equalsIgnoreCase(uri.getScheme()))) {
            throw Failure.invalid(FIELD, "\"" + url + "\" does not begin with https://.");
        }
        String host = uri.getHost();
        if (host == null || host.isEmpty()) {
            throw Failure.invalid(FIELD, "\"" + url + "\" names no host.");
        }
        if (uri.getRawUserInfo() != null) {
            throw Failure.invalid(FIELD, "A URL with a user name or password is not taken.");
        }
        if (uri.getRawFragment() != null) {
            throw Failure.invalid(FIELD, "A URL with a fragment (#) is not taken.");
        }
        if (uri.getPort() == 0 || uri.getPort() > 65_535) {
            throw Failure.invalid(FIELD, "The port " + uri.getPort() + " is not from 1 to 65535.");
        }
        if (!guard.mayBeNamed(host)) {
            throw Failure.invalid(FIELD, host + " is not a public address.");
        }
    }
}
