package dev.rekindle.media;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The pictures beside others in a HEIC or AVIF: how opaque those are, how deep, how much brighter than a screen. */
final class BmffAuxiliaries {
    /** Bytes that are read of what a picture is for. */
    static final int TYPE_BYTES = 64;

    private static final Set<String> ALPHA =
            Set.of("urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", "urn:mpeg:hevc:2015:auxid:1");

    private final Map<Long, Set<Long>> owners = new TreeMap<>();
    private final Set<Long> premultiplied = new HashSet<>();

    void add(long item, long owner) {
        owners.computeIfAbsent(item, _ -> new HashSet<>()).add(owner);
    }

    /** Those of an item, by their ids. */
    List<Long> of(long owner) {
        return owners.entrySet().stream()
                .filter(entry -> entry.getValue().contains(owner))
                .map(Map.Entry::getKey)
                .toList();
    }

    void addPremultiplied(long item) {
        premultiplied.add(item);
    }

    /** True if the colours of the item were multiplied by how opaque they are. */
    boolean isPremultiplied(long item) {
        return premultiplied.contains(item);
    }

    /** True if such a picture says how opaque another is; its type ends at a zero. */
    static boolean isAlpha(String type) {
        int end = type.indexOf('\0');
        return ALPHA.contains(end < 0 ? type : type.substring(0, end));
    }
}
