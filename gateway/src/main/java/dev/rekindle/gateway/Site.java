package dev.rekindle.gateway;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.MediaType;
import dev.rekindle.gateway.call.Refusals;
import dev.rekindle.gateway.openapi.OpenApi;
import dev.rekindle.gateway.web.Pages;
import dev.rekindle.gateway.web.WebFiles;
import java.net.URI;
import java.util.List;
import java.util.stream.Stream;

/** What is at the door for people: the PWA, the API's description and its explorer. */
final class Site {
    private Site() {}

    static void addTo(FrontDoor door, GatewayConfig config, Refusals refusals) {
        Pages pages = new Pages(refusals);
        // The PWA signs in at the providers and may send photos straight to the blob store.
        List<String> origins = Stream.concat(
                        config.web().connectOrigins().stream(),
                        config.auth().issuers().stream().map(issuer -> origin(issuer.issuer())))
                .distinct()
                .toList();
        door.page("/app-config.json", pages.document(MediaType.JSON, () -> Pages.signIn(config.auth())))
                .page("/openapi.json", pages.document(MediaType.JSON, () -> HttpData.ofUtf8(OpenApi.document())))
                .page("/explorer", pages.resource("explorer.html", MediaType.HTML_UTF_8))
                .page("/explorer/explorer.css", pages.resource("explorer.css", MediaType.CSS_UTF_8))
                .page("/explorer/explorer.js", pages.resource("explorer.js", MediaType.JAVASCRIPT_UTF_8))
                .pages("/", new WebFiles(config.web(), origins, refusals));
    }

    private static String origin(String address) {
        URI uri = URI.create(address);
        return uri.getScheme() + "://" + uri.getRawAuthority();
    }
}
