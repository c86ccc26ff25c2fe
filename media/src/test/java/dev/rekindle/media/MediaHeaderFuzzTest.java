package dev.rekindle.media;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever bytes come, a header is read or refused for one of its reasons, in little time. */
@Tag("IMG-10")
class MediaHeaderFuzzTest {
    private static final Set<Reason> REFUSALS =
            Set.of(Reason.REASON_CORRUPT_MEDIA, Reason.REASON_UNSUPPORTED_MEDIA, Reason.REASON_TOO_MANY_PIXELS);

    @Test
    void mutated_files_are_read_or_refused() {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("MediaHeaderFuzzTest -Dseed=" + seed);
        Random random = new Random(seed);
        List<byte[]> files = List.of(
                Pictures.jpegTurned(6, 40, 30),
                Pictures.encoded("png", 40, 30),
                Pictures.encoded("gif", 40, 30),
                Pictures.encoded("tiff", 40, 30),
                Pictures.encoded("bmp", 40, 30),
                Pictures.riff(Bytes.littleEndian()
                        .riff("VP8X", Pictures.vp8x(0x12, 50, 40))
                        .riff("VP8 ", Pictures.vp8(50, 40))
                        .riff("EXIF", Bytes.exif(8))),
                Pictures.bmff("heic", "grid", 1000, 900, Bytes.bigEndian(), 0),
                Pictures.bmff("avif", "av01", 100, 90, Bytes.bigEndian(), 0));
        long begin = System.nanoTime();
        int rounds = 40_000;
        for (int round = 0; round < rounds; round++) {
            byte[] file = files.get(random.nextInt(files.size())).clone();
            int changes = 1 + random.nextInt(6);
            for (int change = 0; change < changes; change++) {
                int at = random.nextInt(Math.min(file.length, 400));
                file[at] = (byte) (random.nextBoolean() ? random.nextInt(256) : random.nextBoolean() ? 0xff : 0);
            }
            int length = random.nextInt(4) == 0 ? 1 + random.nextInt(file.length) : file.length;
            try {
                MediaHeader header = MediaHeader.read(
                        ByteSource.ofHead(java.util.Arrays.copyOf(file, length), length), MediaLimits.photos());
                assertThat(header.pixels()).isLessThanOrEqualTo(120_000_000);
            } catch (Failure failure) {
                assertThat(failure.reason()).as("seed %d round %d", seed, round).isIn(REFUSALS);
            }
        }
        assertThat((System.nanoTime() - begin) / 1_000_000 / rounds)
                .as("milliseconds a header")
                .isLessThan(5);
    }
}
