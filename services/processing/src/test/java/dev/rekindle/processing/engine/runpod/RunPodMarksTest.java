package dev.rekindle.processing.engine.runpod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rekindle.common.v1.Point;
import dev.rekindle.jobs.v1.ColourHint;
import dev.rekindle.processing.engine.EngineResult;
import dev.rekindle.processing.picture.Picture;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.indexer.UByteIndexer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Colours that owners mark, where a model in the cloud does the work. */
@Tag("AI-07")
class RunPodMarksTest {
    @TempDir
    private Path folder;

    private RunPodRoom room;

    @BeforeEach
    void open() throws IOException {
        room = new RunPodRoom(folder);
    }

    @AfterEach
    void close() throws Exception {
        room.close();
    }

    @Test
    void colours_that_were_marked_lie_over_those_of_the_model_and_nothing_else_changes() {
        ColourHint green = ColourHint.newBuilder()
                .addPoints(Point.newBuilder().setX(0.1).setY(0.1))
                .setRgb(0x2f8040)
                .setRadius(0.05)
                .build();
        RunPodEngine engine = room.engine();
        EngineResult marked = room.colourize(engine, List.of(green));
        EngineResult guessed = room.colourize(engine, List.of());
        try (Picture one = marked.picture();
                Picture other = guessed.picture();
                UByteIndexer with = one.mat().createIndexer();
                UByteIndexer without = other.mat().createIndexer()) {
            long x = one.width() / 10;
            long y = one.height() / 10;
            assertThat(with.get(y, x, 1) - with.get(y, x, 2))
                    .as("green where it was marked")
                    .isGreaterThan(40);
            // The nose of the cat.
            x = one.width() / 2;
            y = one.height() * 55L / 100;
            for (int channel = 0; channel < 3; channel++) {
                assertThat(with.get(y, x, channel)).isCloseTo(without.get(y, x, channel), within(3));
            }
        }
        assertThat(marked.report()).hasSize(2).contains("Spread the 1 colour you marked.");
        assertThat(guessed.report()).hasSize(1);
        assertThat(room.progress).endsWith(1.0);
    }
}
