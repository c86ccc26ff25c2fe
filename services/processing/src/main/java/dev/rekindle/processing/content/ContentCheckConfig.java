package dev.rekindle.processing.content;

import dev.rekindle.platform.circuit.CircuitRule;
import dev.rekindle.platform.config.Secret;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.net.MessageSignature;
import dev.rekindle.platform.net.Network;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Whom workers ask about uploads. Nobody where there is no address.
 *
 * @param url of the operator's service
 * @param secret signs what is posted there, {@code whsec_} and base64
 * @param answerMax for one whole answer
 * @param whenAway what is done with a photo about which there is no answer
 * @param networksAllowed addresses that are not public and may be asked, by plain HTTP too
 */
public record ContentCheckConfig(
        URI url,
        Secret secret,
        Duration answerMax,
        WhenAway whenAway,
        CircuitRule circuit,
        List<Network> networksAllowed) {
    private static final CircuitRule CIRCUIT = CircuitRule.ofSeconds(5, 60, 60, 15);
    private static final String HTTP = "http";

    /** What is done with a photo about which there is no answer. */
    public enum WhenAway {
        /** It goes on as if nothing had been found. */
        ALLOW,
        /** It goes on, and an operator is to look at it. */
        FLAG,
        /** It waits: its preparation is tried again as often as that of any failed job, then fails. */
        WAIT
    }

    public static ContentCheckConfig from(Settings settings) {
        Settings check = settings.under("content_check");
        ContentCheckConfig config = new ContentCheckConfig(
                check.uri("url", URI.create("")),
                check.secret("secret", ""),
                check.duration("answer_max", Duration.ofSeconds(5), Duration.ofMillis(100), Duration.ofSeconds(50)),
                check.choice("when_away", WhenAway.ALLOW),
                CircuitRule.from(check, CIRCUIT),
                networks(check));
        if (config.isConfigured()) {
            config.require(check);
        }
        return config;
    }

    private void require(Settings check) {
        boolean plain = HTTP.equalsIgnoreCase(url.getScheme());
        if ((!plain && !"https".equalsIgnoreCase(url.getScheme()))
                || url.getHost() == null
                || url.getRawUserInfo() != null) {
            check.problem("url", "is \"" + url + "\"; expected https://, a host and a path, without a user.");
        } else if (plain && networksAllowed.isEmpty()) {
            check.problem(
                    "url", "is plain http; expected https, or content_check.networks_allowed to name where it is.");
        }
        if (!MessageSignature.isSecret(secret.reveal())) {
            check.problem("secret", "is no secret to sign with; expected whsec_ and base64 of at least 24 bytes.");
        }
    }

    private static List<Network> networks(Settings check) {
        List<Network> networks = new ArrayList<>();
        for (String text : check.list("networks_allowed", List.of())) {
            try {
                networks.add(Network.parse(text));
            } catch (IllegalArgumentException e) {
                check.problem("networks_allowed", "has \"" + text + "\"; expected addresses such as 10.0.0.0/8.");
            }
        }
        return List.copyOf(networks);
    }

    public boolean isConfigured() {
        return !url.toString().isEmpty();
    }

    /** True if only the networks allowed may be asked. */
    boolean isPlain() {
        return HTTP.equalsIgnoreCase(url.getScheme());
    }
}
