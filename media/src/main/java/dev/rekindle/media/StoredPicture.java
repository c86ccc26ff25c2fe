package dev.rekindle.media;

import dev.rekindle.common.v1.ImageMetadata;
import dev.rekindle.common.v1.MediaType;
import org.jspecify.annotations.Nullable;

/** What one format's reader found: the picture as stored, before turning and before any limit. */
@SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
record StoredPicture(
        MediaType type,
        int width,
        int height,
        Orientation orientation,
        byte[] iccProfile,
        @Nullable TileGrid grid,
        StoredTags tags,
        @Nullable FrameReach reach,
        @Nullable Opacity opacity,
        ImageMetadata.Builder image) {
    /** A larger profile is no profile; it is left out. */
    static final int ICC_BYTES_MAX = 4 << 20;

    static final byte[] NO_PROFILE = {};
}
