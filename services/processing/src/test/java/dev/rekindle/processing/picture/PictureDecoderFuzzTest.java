package dev.rekindle.processing.picture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.media.ByteSource;
import dev.rekindle.media.MediaHeader;
import dev.rekindle.media.MediaLimits;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.TestPhotos;
import dev.rekindle.processing.pipeline.Stop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever is done to the bytes of animations, AVIFs and HEICs, their pictures are decoded or the file is refused, soon, and
 * nothing is left over. The seed is the same in every build; {@code -Dseed=} and {@code -Dfuzz.files=} try others and more.
 * A worker may be ended by a crash of a decoder and only loses what it holds; here it would end the tests.
 */
@Tag("IMG-10")
@Tag("IMG-11")
class PictureDecoderFuzzTest {
    private static final long SEED = 271_127;
    private static final int FILES = 300;
    private static final Duration LONGEST = Duration.ofSeconds(60);
    private static final MediaLimits LIMITS = new MediaLimits(1 << 20, 1_000_000, 1, 4_096, 100);
    private static final Set<Reason> REFUSALS =
            Set.of(Reason.REASON_CORRUPT_MEDIA, Reason.REASON_UNSUPPORTED_MEDIA, Reason.REASON_TOO_MANY_PIXELS);
    private static final List<String> NAMES = List.of(
            "moving.gif",
            "clear.gif",
            "moving.webp",
            "tagged-moving.webp",
            "coffee-turned-mirrored.avif",
            "coffee-tiles.avif",
            "coffee-tiles-turned.heic");

    @TempDir
    private Path folder;

    @Test
    void mutated_files_are_decoded_or_refused() throws IOException {
        long seed = Long.getLong("seed", SEED);
        int files = Integer.getInteger("fuzz.files", FILES);
        System.out.println("PictureDecoderFuzzTest -Dseed=" + seed + " -Dfuzz.files=" + files);
        for (String name : NAMES) {
            // Loads what decodes, which is not to count as time of a file.
            assertThat(outcome(Files.write(folder.resolve("input"), TestPhotos.resource("/pictures/" + name))))
                    .as(name)
                    .isEqualTo("decoded");
        }
        Random random = new Random(seed);
        Map<String, Integer> outcomes = new TreeMap<>();
        for (int i = 0; i < files; i++) {
            String name = NAMES.get(i % NAMES.size());
            byte[] file = mutated(TestPhotos.resource("/pictures/" + name), random);
            long begun = System.nanoTime();
            String outcome = outcome(Files.write(folder.resolve("input"), file));
            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .as("time taken by file %d, %s, of seed %d", i, name, seed)
                    .isLessThan(LONGEST);
            outcomes.merge(outcome, 1, Integer::sum);
        }
        System.out.println("PictureDecoderFuzzTest " + outcomes);
        assertThat(outcomes.keySet()).contains("decoded", "REASON_CORRUPT_MEDIA");
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left.map(Path::getFileName).map(Path::toString)).containsExactly("input");
        }
    }

    /** As a worker goes about it: the header first, then the picture, then all frames where there are more. */
    private static String outcome(Path file) {
        try {
            MediaHeader header = MediaHeader.read(ByteSource.ofFile(file), LIMITS);
            if (!header.isImage()) {
                return "a video";
            }
            PictureDecoder.decode(file, header, 0, new Stop()).close();
            if (header.metadata().getImage().getFrameCount() > 1) {
                try (Frames frames = Frames.read(file, header, new Stop())) {
                    for (int i = 0; i < frames.count(); i++) {
                        try (Picture frame = frames.picture(i, 0xffffff, new Stop())) {
                            assertThat(PictureSize.of(frame).pixels()).isEqualTo(header.pixels());
                        }
                    }
                }
            }
            return "decoded";
        } catch (Failure failure) {
            assertThat(REFUSALS).as(failure.message()).contains(failure.reason());
            return failure.reason().name();
        }
    }

    private static byte[] mutated(byte[] whole, Random random) {
        byte[] file = whole.clone();
        int at = random.nextInt(file.length);
        switch (random.nextInt(6)) {
            case 0 -> {
                return Arrays.copyOf(file, at + 1);
            }
            case 1 -> Arrays.fill(file, at, Math.min(file.length, at + 1 + random.nextInt(200)), (byte) 0);
            case 2 -> {
                int extreme = new int[] {0, -1, Integer.MAX_VALUE, 0x0100_0100}[random.nextInt(4)];
                ByteBuffer.wrap(file).putInt(Math.min(at, file.length - 4), extreme);
            }
            case 3 -> {
                byte[] longer = Arrays.copyOf(file, file.length + random.nextInt(500));
                System.arraycopy(file, at, longer, longer.length - (file.length - at), file.length - at);
                return longer;
            }
            default -> {
                int changes = 1 + random.nextInt(8);
                // Half of them where headers are.
                int reach = random.nextBoolean() ? Math.min(file.length, 400) : file.length;
                for (int i = 0; i < changes; i++) {
                    file[random.nextInt(reach)] = (byte) random.nextInt(256);
                }
            }
        }
        return file;
    }
}
