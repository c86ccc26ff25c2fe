package dev.rekindle.events.webhooks;

import dev.rekindle.platform.net.AddressGuard;
import dev.rekindle.platform.rpc.Failure;
import java.net.URI;
import java.net.URISyntaxException;

/** Which URLs an endpoint may have. What a name stands for is checked when something is sent there, each time. */
public final class UrlRules {
    private final String field;
    private final boolean allowHttp;
    private final AddressGuard guard;

    /** @param field what a URL is called in what it is refused by */
    public UrlRules(String field, WebhooksConfig.Targets config, AddressGuard guard) {
        this.field = field;
        this.allowHttp = config.allowHttp();
        this.guard = guard;
    }

    /**
     * Refuses an address that nothing may be sent to.
     *
     * @throws Failure INVALID_REQUEST that tells what is wrong
     */
    public void check(String url) {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            throw Failure.invalid(field, "\"" + url + "\" is no URL.");
        }
        boolean https = "https".equalsIgnoreCase(uri.getScheme());
        if (!https && !(allowHttp && "http".equalsIgnoreCase(uri.getScheme()))) {
            throw Failure.invalid(field, "\"" + url + "\" does not begin with https://.");
        }
        String host = uri.getHost();
        if (host == null || host.isEmpty()) {
            throw Failure.invalid(field, "\"" + url + "\" names no host.");
        }
        if (host.indexOf('%') >= 0) {
            throw Failure.invalid(field, "The host " + host + " has a %; expected a name or an address as it is.");
        }
        if (uri.getRawUserInfo() != null) {
            throw Failure.invalid(field, "A URL with a user name or password is not taken.");
        }
        if (uri.getRawFragment() != null) {
            throw Failure.invalid(field, "A URL with a fragment (#) is not taken.");
        }
        if (uri.getPort() == 0 || uri.getPort() > 65_535) {
            throw Failure.invalid(field, "The port " + uri.getPort() + " is not from 1 to 65535.");
        }
        if (!guard.mayBeNamed(host)) {
            throw Failure.invalid(field, host + " is not a public address.");
        }
    }
}
