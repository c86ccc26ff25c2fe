package dev.rekindle.processing.picture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class LargestTest {
    @Test
    @Tag("IMG-07")
    void the_largest_that_fits_is_found_in_few_tries() {
        for (int limit = 2; limit <= 256; limit++) {
            int most = limit;
            List<Integer> tried = new ArrayList<>();
            assertThat(Largest.of(2, 256, number -> {
                        tried.add(number);
                        return number <= most;
                    }))
                    .hasValue(limit);
            assertThat(tried).hasSizeLessThanOrEqualTo(8).allMatch(number -> number >= 2 && number <= 256);
        }
        assertThat(Largest.of(2, 256, _ -> false)).isEmpty();
        assertThat(Largest.of(2, 1, _ -> true)).isEmpty();
    }
}
