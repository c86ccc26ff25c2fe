package dev.rekindle.processing.engine.onnx;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How one side of a picture is cut into overlapping pieces. */
final class TileAxis {

    /**
     * One piece.
     *
     * @param begin where what the model is shown begins
     * @param length of it; what lies beyond the picture is mirrored
     * @param from where what counts of the answer begins
     * @param to where it ends
     * @param fadeIn over so many pixels it is faded in, because the piece before is faded out there
     * @param fadeOut the same at its end
     */
    record Piece(int begin, int length, int from, int to, int fadeIn, int fadeOut) {
        /** How much the answer at a pixel counts, in pixels that are {@code scale} times smaller. */
        float weight(int pixel, int scale) {
            float weight = 1;
            int fromStart = pixel - from * scale;
            if (fromStart < fadeIn * scale) {
                weight = (fromStart + 0.5f) / (fadeIn * scale);
            }
            int toEnd = to * scale - 1 - pixel;
            if (toEnd < fadeOut * scale) {
                weight = (toEnd + 0.5f) / (fadeOut * scale);
            }
            return weight;
        }
    }

    private TileAxis() {}

    /**
     * Cuts a side. The weights of all pieces add up to 1 at every pixel.
     *
     * @param pixels of the side
     * @param tile null: one piece
     * @param fixed the only length the model takes; 0: any multiple
     */
    static List<Piece> cut(int pixels, Manifest.@Nullable Tile tile, int fixed, int multipleOf) {
        if (tile == null || pixels <= tile.size()) {
            int length = fixed > 0 ? fixed : Math.ceilDiv(pixels, multipleOf) * multipleOf;
            return List.of(new Piece(0, length, 0, pixels, 0, 0));
        }
        int step = tile.size() - 2 * tile.halo() - tile.blend();
        List<Piece> pieces = new ArrayList<>();
        int begin = 0;
        int from = 0;
        int fadeIn = 0;
        while (begin + tile.size() < pixels) {
            int to = begin + tile.size() - tile.halo();
            pieces.add(new Piece(begin, tile.size(), from, to, fadeIn, tile.blend()));
            from = to - tile.blend();
            fadeIn = tile.blend();
            begin = Math.min(begin + step, pixels - tile.size());
        }
        pieces.add(new Piece(begin, tile.size(), from, pixels, fadeIn, 0));
        return pieces;
    }
}
