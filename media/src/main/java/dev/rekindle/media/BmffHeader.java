package dev.rekindle.media;

import dev.rekindle.common.v1.ImageMetadata;
import dev.rekindle.common.v1.MediaType;
import dev.rekindle.platform.rpc.Failure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The header of a HEIC or AVIF: the meta box names the primary item, its type and its properties (ISO 14496-12 and
 * 23008-12). The turning of these files is in their properties; an EXIF orientation inside says the same again and is
 * not applied.
 */
final class BmffHeader {
    private static final int BOXES_MAX = 4_096;
    private static final int ITEMS_MAX = 4_096;
    private static final int EXIF_BYTES_MAX = 1 << 20;
    private static final Set<String> CODED = Set.of("hvc1", "av01");

    /** A box: its content lies from {@code start} to {@code end}. */
    private record Box(String type, long start, long end) {}

    /** The first piece of an item's data. */
    private record Extent(long start, long length) {}

    private final Window window;
    private final MediaType type;
    private final List<Box> properties = new ArrayList<>();
    private final Map<Long, String> itemTypes = new HashMap<>();
    private final Map<Long, List<Integer>> itemProperties = new HashMap<>();
    private final BmffAuxiliaries auxiliaries = new BmffAuxiliaries();
    private final Map<Long, Integer> tileCounts = new HashMap<>();
    private long primary = -1;
    private @Nullable Box locations;
    private @Nullable Box inlineData;
    private @Nullable Map<Long, Extent> extents;
    private int boxes;

    private BmffHeader(Window window, MediaType type) {
        this.window = window;
        this.type = type;
    }

    static StoredPicture read(Window window, MediaType type) {
        BmffHeader header = new BmffHeader(window, type);
        header.meta(header.find("meta", 0, window.size()));
        return header.picture();
    }

    private Box find(String wanted, long from, long to) {
        long at = from;
        while (at + 8 <= to) {
            Box box = box(at, to);
            if (box.type().equals(wanted)) {
                return box;
            }
            at = box.end();
        }
        throw Window.corrupt("The file has no " + wanted + " box; it is truncated or no still picture.");
    }

    private Box box(long at, long limit) {
        if (++boxes > BOXES_MAX) {
            throw Window.corrupt("The file has more than " + BOXES_MAX + " boxes before its picture.");
        }
        long length = window.u32be(at);
        int header = 8;
        if (length == 1) {
            length = window.u64be(at + 8);
            header = 16;
        } else if (length == 0) {
            length = limit - at;
        }
        String name = window.text(at + 4, 4);
        if (length < header || length > limit - at) {
            throw Window.corrupt("Box \"" + name.replaceAll("[^A-Za-z0-9]", "?") + "\" at byte " + at + " claims "
                    + length + " bytes; at most " + (limit - at) + " are there.");
        }
        return new Box(name, at + header, at + length);
    }

    private void meta(Box meta) {
        long at = meta.start() + 4;
        while (at + 8 <= meta.end()) {
            Box box = box(at, meta.end());
            switch (box.type()) {
                case "pitm" ->
                    primary = version(box) == 0 ? window.u16be(box.start() + 4) : window.u32be(box.start() + 4);
                case "iinf" -> items(box);
                case "iref" -> references(box);
                case "iprp" -> itemProperties(box);
                case "iloc" -> locations = box;
                case "idat" -> inlineData = box;
                default -> {
                    // handlers, protection, data: nothing of the picture's shape
                }
            }
            at = box.end();
        }
    }

    private int version(Box box) {
        return window.u8(box.start());
    }

    private void items(Box box) {
        boolean small = version(box) == 0;
        long at = box.start() + (small ? 6 : 8);
        while (at + 8 <= box.end()) {
            Box entry = box(at, box.end());
            int version = version(entry);
            if (entry.type().equals("infe") && version >= 2) {
                long id = version == 2 ? window.u16be(entry.start() + 4) : window.u32be(entry.start() + 4);
                itemTypes.put(id, window.text(entry.start() + (version == 2 ? 8 : 10), 4));
                limitItems(itemTypes.size());
            }
            at = entry.end();
        }
    }

    private static void limitItems(int count) {
        if (count > ITEMS_MAX) {
            throw Window.corrupt("The file has more than " + ITEMS_MAX + " items.");
        }
    }

    private void references(Box box) {
        int idBytes = version(box) == 0 ? 2 : 4;
        long at = box.start() + 4;
        while (at + 8 <= box.end()) {
            Box reference = box(at, box.end());
            long from = id(reference.start(), idBytes);
            int count = window.u16be(reference.start() + idBytes);
            limitItems(count);
            if (reference.type().equals("dimg")) {
                tileCounts.put(from, count);
            } else if (reference.type().equals("auxl")) {
                for (int i = 0; i < count; i++) {
                    auxiliaries.add(from, id(reference.start() + idBytes + 2 + (long) i * idBytes, idBytes));
                }
            } else if (reference.type().equals("prem")) {
                auxiliaries.addPremultiplied(from);
            }
            at = reference.end();
        }
    }

    private long id(long at, int idBytes) {
        return idBytes == 2 ? window.u16be(at) : window.u32be(at);
    }

    private void itemProperties(Box box) {
        long at = box.start();
        while (at + 8 <= box.end()) {
            Box child = box(at, box.end());
            if (child.type().equals("ipco")) {
                long property = child.start();
                while (property + 8 <= child.end()) {
                    Box one = box(property, child.end());
                    properties.add(one);
                    property = one.end();
                }
            } else if (child.type().equals("ipma")) {
                associations(child);
            }
            at = child.end();
        }
    }

    private void associations(Box box) {
        boolean wide = (window.u8(box.start() + 3) & 1) == 1;
        int idBytes = version(box) == 0 ? 2 : 4;
        long entries = window.u32be(box.start() + 4);
        limitItems((int) Math.min(entries, Integer.MAX_VALUE));
        long at = box.start() + 8;
        for (long entry = 0; entry < entries; entry++) {
            long id = id(at, idBytes);
            int count = window.u8(at + idBytes);
            at += idBytes + 1;
            List<Integer> indexes = itemProperties.computeIfAbsent(id, _ -> new ArrayList<>());
            for (int i = 0; i < count; i++) {
                indexes.add(wide ? window.u16be(at) & 0x7fff : window.u8(at) & 0x7f);
                at += wide ? 2 : 1;
            }
        }
    }

    private StoredPicture picture() {
        String item = itemTypes.getOrDefault(primary, "");
        boolean grid = item.equals("grid");
        if (!grid && !CODED.contains(item)) {
            throw Window.unsupported("The main picture of the file is of kind \"" + item.replaceAll("[^A-Za-z0-9]", "?")
                    + "\"; expected hvc1, av01 or a grid of those.");
        }
        requireData();
        Orientation orientation = Orientation.UPRIGHT;
        int width = side(primary, 0);
        int height = side(primary, 1);
        int bits = 8;
        byte[] profile = StoredPicture.NO_PROFILE;
        for (Box property : propertiesOf(primary)) {
            long at = property.start();
            switch (property.type()) {
                // irot counts quarters anticlockwise
                case "irot" -> orientation = orientation.thenTurned(-(window.u8(at) & 3));
                case "imir" ->
                    orientation = (window.u8(at) & 1) == 1 ? orientation.thenMirrored() : orientation.thenFlipped();
                case "pixi" -> bits = window.u8(at + 5);
                case "colr" -> {
                    long length = property.end() - at - 4;
                    boolean icc = window.startsWith(at, "prof") || window.startsWith(at, "rICC");
                    if (icc && length <= StoredPicture.ICC_BYTES_MAX) {
                        profile = window.bytes(at + 4, (int) length);
                    }
                }
                default -> {
                    // codec settings, clean aperture
                }
            }
        }
        Opacity opacity = opacity(width, height);
        boolean alpha = opacity != null;
        ImageMetadata.Builder image = ImageMetadata.newBuilder()
                .setColourMode(alpha ? "RGBA" : "RGB")
                .setBitDepth(bits)
                .setCompression(type == MediaType.MEDIA_TYPE_AVIF ? "AV1" : "HEVC")
                .setTransparency(alpha)
                .setFrameCount(1);
        TileGrid tiles = grid ? grid(primary, width, height) : null;
        return new StoredPicture(type, width, height, orientation, profile, tiles, tags(), null, opacity, image);
    }

    private List<Box> propertiesOf(long item) {
        return itemProperties.getOrDefault(item, List.of()).stream()
                .filter(index -> index > 0 && index <= properties.size())
                .map(index -> properties.get(index - 1))
                .toList();
    }

    /** Width (0) or height (1) of an item; 0 where it names none. */
    private int side(long item, int which) {
        return propertiesOf(item).stream()
                .filter(property -> property.type().equals("ispe"))
                .mapToInt(
                        property -> (int) Math.min(window.u32be(property.start() + 4 + 4L * which), Integer.MAX_VALUE))
                .reduce(0, (_, last) -> last);
    }

    /** The picture beside the main one that says how opaque it is. */
    private @Nullable Opacity opacity(int width, int height) {
        Long item = auxiliaries.of(primary).stream()
                .filter(this::isAlpha)
                .findFirst()
                .orElse(null);
        if (item == null) {
            return null;
        }
        int own = side(item, 0);
        int high = side(item, 1);
        if (own < 1 || high < 1 || own > width || high > height) {
            throw Window.corrupt("The picture is " + width + " × " + height + " pixels, and what says how opaque it is "
                    + own + " × " + high + "; expected no more.");
        }
        boolean grid = itemTypes.getOrDefault(item, "").equals("grid");
        return new Opacity(auxiliaries.isPremultiplied(primary), item, own, high, grid ? grid(item, own, high) : null);
    }

    private boolean isAlpha(long item) {
        return propertiesOf(item).stream()
                .filter(property -> property.type().equals("auxC"))
                .map(property -> window.text(
                        property.start() + 4,
                        Math.clamp(property.end() - property.start() - 4, 0, BmffAuxiliaries.TYPE_BYTES)))
                .anyMatch(BmffAuxiliaries::isAlpha);
    }

    /** The EXIF item: four bytes that say how much lies before its TIFF header, then that. Broken, it is absent. */
    private StoredTags tags() {
        Long item = itemTypes.entrySet().stream()
                .filter(entry -> entry.getValue().equals("Exif"))
                .map(Map.Entry::getKey)
                .min(Long::compare)
                .orElse(null);
        if (item == null) {
            return StoredTags.NONE;
        }
        try {
            Extent data = dataOf(item);
            if (data.length() > EXIF_BYTES_MAX || !window.reaches(data.start(), data.length())) {
                return StoredTags.NONE;
            }
            long skipped = 4 + window.u32be(data.start());
            return skipped >= data.length()
                    ? StoredTags.NONE
                    : StoredTags.NONE.withExif(window.bytes(data.start() + skipped, (int) (data.length() - skipped)));
        } catch (Failure broken) {
            return StoredTags.NONE;
        }
    }

    /** The grid's description: one byte version, flags, rows and columns less one, then the size. */
    private TileGrid grid(long item, int width, int height) {
        long at = dataOf(item).start();
        boolean wide = (window.u8(at + 1) & 1) == 1;
        int rows = window.u8(at + 2) + 1;
        int columns = window.u8(at + 3) + 1;
        long gridWidth = wide ? window.u32be(at + 4) : window.u16be(at + 4);
        long gridHeight = wide ? window.u32be(at + 8) : window.u16be(at + 6);
        int tiles = tileCounts.getOrDefault(item, 0);
        if (gridWidth != width || gridHeight != height || tiles != rows * columns) {
            throw Window.corrupt("The picture is " + width + " × " + height + " pixels, its grid " + gridWidth + " × "
                    + gridHeight + " in " + columns + " × " + rows + " tiles of which " + tiles + " are there.");
        }
        return new TileGrid(columns, rows, width, height);
    }

    /** Where the data of an item lies. */
    private Extent dataOf(long item) {
        Extent data = extents().get(item);
        if (data == null) {
            throw Window.corrupt("The file does not say where item " + item + " lies.");
        }
        return data;
    }

    /** Decoders trust what is said of where coded pictures lie, and some crash where that is nonsense. */
    private void requireData() {
        if (locations == null) {
            return; // decoders miss it themselves
        }
        for (Map.Entry<Long, Extent> entry : extents().entrySet()) {
            Extent data = entry.getValue();
            boolean coded = CODED.contains(itemTypes.getOrDefault(entry.getKey(), ""));
            if (coded && (data.length() < 1 || data.length() > window.size() - data.start())) {
                throw Window.corrupt("Item " + entry.getKey() + " of the file claims " + data.length()
                        + " bytes at byte " + data.start() + " of " + window.size()
                        + "; the file is truncated or damaged.");
            }
        }
    }

    private Map<Long, Extent> extents() {
        Map<Long, Extent> known = extents;
        if (known == null) {
            known = readExtents();
            extents = known;
        }
        return known;
    }

    private Map<Long, Extent> readExtents() {
        Box box = locations;
        if (box == null) {
            throw Window.corrupt("The file does not say where its items lie.");
        }
        Map<Long, Extent> all = new HashMap<>();
        int version = version(box);
        int sizes = window.u16be(box.start() + 4);
        int offsetBytes = sizes >> 12;
        int lengthBytes = sizes >> 8 & 15;
        int baseBytes = sizes >> 4 & 15;
        int indexBytes = version == 0 ? 0 : sizes & 15;
        long at = box.start() + 6;
        int idBytes = version < 2 ? 2 : 4;
        long count = id(at, idBytes);
        at += idBytes;
        for (long i = 0; i < Math.min(count, ITEMS_MAX); i++) {
            long id = id(at, idBytes);
            at += idBytes;
            int method = version == 0 ? 0 : window.u16be(at) & 15;
            at += (version == 0 ? 0 : 2) + 2;
            long base = sized(at, baseBytes);
            at += baseBytes;
            int pieces = window.u16be(at);
            at += 2;
            if (pieces > 0) {
                long offset = Math.clamp(base + sized(at + indexBytes, offsetBytes), 0, Long.MAX_VALUE / 2);
                long start = method == 1 && inlineData != null ? inlineData.start() + offset : offset;
                all.putIfAbsent(id, new Extent(start, sized(at + indexBytes + offsetBytes, lengthBytes)));
            }
            at += (long) pieces * (indexBytes + offsetBytes + lengthBytes);
        }
        return all;
    }

    private long sized(long at, int bytes) {
        return switch (bytes) {
            case 0 -> 0;
            case 4 -> window.u32be(at);
            case 8 -> window.u64be(at);
            default -> throw Window.corrupt("The file gives offsets of " + bytes + " bytes; expected 0, 4 or 8.");
        };
    }
}
