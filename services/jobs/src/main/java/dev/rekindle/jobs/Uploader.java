package dev.rekindle.jobs;

import dev.rekindle.platform.rpc.Identity;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who uploads.
 *
 * @param userId whose photos these become
 * @param handoffId the hand-over that lets a device upload for the user, and reach no other upload; null: it is the user
 */
record Uploader(String userId, @Nullable UUID handoffId) {

    static Uploader current() {
        Identity caller = Identity.current();
        String handoff = caller.handoff();
        return new Uploader(caller.subject(), handoff == null ? null : UUID.fromString(handoff));
    }
}
