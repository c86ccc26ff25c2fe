package dev.rekindle.processing.engine.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("AI-03")
class TileAxisTest {

    @ParameterizedTest
    @CsvSource({
        "64, 64, 8, 8, 1",
        "65, 64, 8, 8, 1",
        "200, 64, 8, 8, 2",
        "201, 64, 0, 0, 1",
        "1000, 64, 16, 15, 4",
        "333, 32, 15, 0, 3",
        "97, 32, 0, 15, 2",
        "4096, 512, 16, 32, 1",
        "1, 16, 4, 2, 1"
    })
    void at_every_pixel_the_weights_of_all_pieces_add_up_to_one(int pixels, int size, int halo, int blend, int scale) {
        List<TileAxis.Piece> pieces = TileAxis.cut(pixels, new Manifest.Tile(size, halo, blend), 0, 1);
        double[] sums = new double[pixels * scale];
        for (TileAxis.Piece piece : pieces) {
            for (int pixel = piece.from() * scale; pixel < piece.to() * scale; pixel++) {
                sums[pixel] += piece.weight(pixel, scale);
            }
        }
        for (double sum : sums) {
            assertThat(sum).isCloseTo(1, within(1e-5));
        }
    }

    @Test
    void what_counts_of_a_piece_keeps_its_distance_from_inner_borders_and_lies_within_the_picture() {
        for (TileAxis.Piece piece : TileAxis.cut(500, new Manifest.Tile(64, 10, 6), 0, 1)) {
            assertThat(piece.begin() + piece.length()).isLessThanOrEqualTo(500);
            assertThat(piece.begin() == 0 || piece.from() >= piece.begin() + 10).isTrue();
            assertThat(piece.to() == 500 || piece.to() <= piece.begin() + piece.length() - 10)
                    .isTrue();
        }
    }

    @Test
    void a_small_picture_is_one_piece_of_a_length_the_model_takes() {
        Manifest.Tile tile = new Manifest.Tile(64, 8, 8);
        assertThat(TileAxis.cut(33, tile, 0, 16)).containsExactly(new TileAxis.Piece(0, 48, 0, 33, 0, 0));
        assertThat(TileAxis.cut(33, tile, 64, 1)).containsExactly(new TileAxis.Piece(0, 64, 0, 33, 0, 0));
        assertThat(TileAxis.cut(100, null, 0, 32)).containsExactly(new TileAxis.Piece(0, 128, 0, 100, 0, 0));
    }
}
