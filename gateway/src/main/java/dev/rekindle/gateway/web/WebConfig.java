package dev.rekindle.gateway.web;

import dev.rekindle.platform.config.Settings;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The pages.
 *
 * @param root the folder with the PWA's files; null where this gateway serves none
 * @param connectOrigins where the pages may send requests besides here, for example the blob store
 */
public record WebConfig(@Nullable Path root, List<String> connectOrigins) {

    /** Reads {@code web}. */
    public static WebConfig from(Settings settings) {
        Settings web = settings.under("web");
        Path root = web.path("root", Path.of(""));
        boolean given = !root.toString().isEmpty();
        if (given && !root.resolve("index.html").toFile().isFile()) {
            web.problem("root", "is \"" + root + "\"; expected a folder with index.html.");
        }
        return new WebConfig(given ? root : null, web.list("connect_origins", List.of()));
    }
}
