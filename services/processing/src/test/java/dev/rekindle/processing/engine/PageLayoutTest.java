package dev.rekindle.processing.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rekindle.processing.picture.PictureSize;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("AI-06")
class PageLayoutTest {
    private static final PictureSize WIDE = new PictureSize(1200, 800);
    private static final PictureSize TALL = new PictureSize(800, 1200);
    private static final PictureSize SQUARE = new PictureSize(900, 900);
    private static final PictureSize PANORAMA = new PictureSize(3000, 500);
    private static final PictureSize BOX = new PictureSize(1280, 720);

    static Stream<List<PictureSize>> albums() {
        List<PictureSize> shapes = List.of(WIDE, TALL, SQUARE, PANORAMA, new PictureSize(40, 30));
        List<List<PictureSize>> albums = new ArrayList<>();
        for (PictureSize first : shapes) {
            for (PictureSize second : shapes) {
                albums.add(List.of(first, second));
                shapes.forEach(third -> albums.add(List.of(first, second, third)));
            }
        }
        return albums.stream();
    }

    @ParameterizedTest
    @MethodSource("albums")
    void photos_lie_whole_apart_from_each_other_and_within_the_page(List<PictureSize> photos) {
        PageLayout layout = PageLayout.of(photos, BOX);
        PictureSize page = layout.page();
        assertThat(page.fittedInto(page.width() >= page.height() ? BOX : new PictureSize(720, 1280)))
                .isEqualTo(page);
        for (int i = 0; i < photos.size(); i++) {
            PageLayout.Spot print = layout.prints().get(i);
            assertThat(print.left()).isPositive();
            assertThat(print.top()).isPositive();
            assertThat(print.left() + print.width()).isLessThan(page.width());
            assertThat(print.top() + print.height()).isLessThan(page.height());
            for (int j = 0; j < i; j++) {
                PageLayout.Spot other = layout.prints().get(j);
                boolean apart = print.left() >= other.left() + other.width()
                        || other.left() >= print.left() + print.width()
                        || print.top() >= other.top() + other.height()
                        || other.top() >= print.top() + print.height();
                assertThat(apart).as("%s and %s", print, other).isTrue();
            }
            PageLayout.Spot photo = layout.photo(i);
            double shape = (double) photos.get(i).width() / photos.get(i).height();
            double rounding = 1.5 * (1 + shape) / photo.height();
            assertThat((double) photo.width() / photo.height()).isCloseTo(shape, within(rounding));
        }
    }

    @ParameterizedTest
    @MethodSource("albums")
    void some_photo_is_not_enlarged(List<PictureSize> photos) {
        PageLayout layout = PageLayout.of(photos, new PictureSize(4096, 4096));
        double least = Double.MAX_VALUE;
        for (int i = 0; i < photos.size(); i++) {
            least = Math.min(
                    least, (double) layout.photo(i).width() / photos.get(i).width());
        }
        assertThat(least).isLessThan(1.1);
    }

    @Test
    void upright_photos_stand_side_by_side_and_wide_ones_one_below_the_other() {
        PageLayout upright = PageLayout.of(List.of(TALL, TALL), BOX);
        assertThat(upright.prints().get(1).left())
                .isGreaterThan(upright.prints().get(0).left());
        assertThat(upright.prints().get(1).top())
                .isEqualTo(upright.prints().get(0).top());
        PageLayout wide = PageLayout.of(List.of(PANORAMA, PANORAMA), BOX);
        assertThat(wide.prints().get(1).top())
                .isGreaterThan(wide.prints().get(0).top());
        assertThat(wide.prints().get(1).left()).isEqualTo(wide.prints().get(0).left());
    }
}
