package dev.rekindle.events;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.events.v1.ListEventsRequest;
import dev.rekindle.events.v1.ListEventsResponse;
import dev.rekindle.platform.db.PageToken;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Identity;
import org.jspecify.annotations.Nullable;

/** Reads past events, oldest first, in pages. */
final class ListEvents {
    private final EventStore store;
    private final FindPosition findPosition;

    ListEvents(EventStore store, FindPosition findPosition) {
        this.store = store;
        this.findPosition = findPosition;
    }

    /** @throws Failure INVALID_TOKEN if the page token or event id is not known here, or no longer */
    ListEventsResponse list(Identity caller, ListEventsRequest request) {
        Interest interest = Interest.of(caller, request.getRoomsList(), request.getTypesList());
        Page page =
                store.read(interest, start(caller, request), store.head(), PageToken.pageSize(request.getPageSize()));
        ListEventsResponse.Builder answer = ListEventsResponse.newBuilder();
        page.events().forEach(logged -> answer.addEvents(logged.event()));
        return answer.setNextPageToken(page.full() ? page.end().token() : "").build();
    }

    private Position start(Identity caller, ListEventsRequest request) {
        if (!request.getPageToken().isEmpty()) {
            return known(Position.parse(request.getPageToken()), "page token");
        }
        if (!request.getResumeAfter().isEmpty()) {
            return known(findPosition.find(request.getResumeAfter(), caller.subject()), "event id in resume_after");
        }
        return Position.START;
    }

    private static Position known(@Nullable Position position, String kind) {
        if (position == null) {
            throw Failure.of(
                    Reason.REASON_INVALID_TOKEN,
                    "The " + kind + " is not known here, or no longer; leave it out to begin with the oldest event.");
        }
        return position;
    }
}
