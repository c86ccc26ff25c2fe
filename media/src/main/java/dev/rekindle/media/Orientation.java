package dev.rekindle.media;

/** How a stored picture is to be turned to stand upright: the eight ways of EXIF, by their EXIF number. */
public enum Orientation {
    UPRIGHT(1, 0, false),
    MIRRORED(2, 0, true),
    ROTATED_180(3, 2, false),
    FLIPPED(4, 2, true),
    /** Mirrored along the falling diagonal. */
    TRANSPOSED(5, 3, true),
    /** To be turned a quarter clockwise. */
    ROTATED_90(6, 1, false),
    /** Mirrored along the rising diagonal. */
    TRANSVERSED(7, 1, true),
    /** To be turned a quarter anticlockwise. */
    ROTATED_270(8, 3, false);

    private final int code;
    private final int quarterTurns;
    private final boolean mirrored;

    Orientation(int code, int quarterTurns, boolean mirrored) {
        this.code = code;
        this.quarterTurns = quarterTurns;
        this.mirrored = mirrored;
    }

    /** The orientation of an EXIF number; a number that means nothing is taken for upright, as cameras intend it. */
    public static Orientation ofExif(int code) {
        return code >= 1 && code <= 8 ? values()[code - 1] : UPRIGHT;
    }

    /** The orientation made of mirroring left to right (or not) and then that many quarter turns clockwise. */
    static Orientation of(boolean mirrored, int quarterTurns) {
        int turns = Math.floorMod(quarterTurns, 4);
        for (Orientation orientation : values()) {
            if (orientation.mirrored == mirrored && orientation.quarterTurns == turns) {
                return orientation;
            }
        }
        throw new IllegalStateException("The eight orientations are complete.");
    }

    /** This one, and then that many quarter turns clockwise. */
    Orientation thenTurned(int turns) {
        return of(mirrored, quarterTurns + turns);
    }

    /** This one, and then mirrored left to right. */
    Orientation thenMirrored() {
        // Mirroring after a turn equals mirroring first and turning the other way.
        return of(!mirrored, -quarterTurns);
    }

    /** This one, and then mirrored top to bottom. */
    Orientation thenFlipped() {
        return thenMirrored().thenTurned(2);
    }

    /** The number in EXIF, 1 to 8. */
    public int code() {
        return code;
    }

    /** Mirror left to right first, then turn clockwise this many quarters. */
    public int quarterTurns() {
        return quarterTurns;
    }

    /** Whether the stored picture is to be mirrored left to right before it is turned. */
    public boolean mirrored() {
        return mirrored;
    }

    /** True if the upright picture is as wide as the stored one is high. */
    public boolean swapsSides() {
        return quarterTurns % 2 == 1;
    }
}
