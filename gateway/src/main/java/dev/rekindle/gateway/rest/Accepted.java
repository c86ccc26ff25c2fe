package dev.rekindle.gateway.rest;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import dev.rekindle.gateway.call.HttpRefusal;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** What form of answer a client takes. */
final class Accepted {
    private Accepted() {}

    /**
     * The first of the offered types a client takes, by its own order of preference.
     *
     * @throws HttpRefusal 406 if it takes none
     */
    static MediaType choose(RequestHeaders headers, MediaType... offered) {
        List<MediaType> wanted = headers.accept();
        if (wanted.isEmpty()) {
            return offered[0];
        }
        for (MediaType want : wanted) {
            for (MediaType offer : offered) {
                if (offer.withoutParameters().belongsTo(want.withoutParameters())) {
                    return offer;
                }
            }
        }
        throw HttpRefusal.notAcceptable(
                String.valueOf(headers.get(HttpHeaderNames.ACCEPT)),
                Arrays.stream(offered)
                        .map(offer -> offer.withoutParameters().toString())
                        .collect(Collectors.joining(" or ")));
    }
}
