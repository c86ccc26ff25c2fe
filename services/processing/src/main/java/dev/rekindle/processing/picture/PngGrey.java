package dev.rekindle.processing.picture;

import static org.bytedeco.opencv.global.opencv_core.CMP_EQ;
import static org.bytedeco.opencv.global.opencv_core.CV_16U;
import static org.bytedeco.opencv.global.opencv_core.CV_8U;
import static org.bytedeco.opencv.global.opencv_core.bitwise_not;
import static org.bytedeco.opencv.global.opencv_core.compare;
import static org.bytedeco.opencv.global.opencv_core.merge;

import dev.rekindle.common.v1.ImageMetadata;
import dev.rekindle.media.MediaHeader;
import dev.rekindle.platform.rpc.Failure;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.MatVector;
import org.bytedeco.opencv.opencv_core.Scalar;

/** The grey that a PNG calls transparent, which OpenCV passes over. */
final class PngGrey {
    private static final int SIGNATURE_BYTES = 8;
    private static final int CHECKSUM_BYTES = 4;
    private static final int TRNS = 0x74524e53;
    private static final int IDAT = 0x49444154;

    private PngGrey() {}

    /** The picture with how opaque it is, if one grey of it is not; takes over the matrix it is given, or answers it. */
    static Mat withOpacity(Mat decoded, Path file, MediaHeader header) {
        ImageMetadata image = header.metadata().getImage();
        if (!image.getTransparency() || decoded.channels() != 1) {
            return decoded;
        }
        OptionalInt clear = clearGrey(file);
        return clear.isEmpty() ? decoded : clear(decoded, clear.getAsInt(), image.getBitDepth());
    }

    private static Mat clear(Mat grey, int clear, int bits) {
        boolean deep = grey.depth() == CV_16U;
        int stored = deep ? clear : (clear & ((1 << bits) - 1)) * 255 / ((1 << bits) - 1);
        try (grey;
                PointerScope _ = new PointerScope()) {
            Mat opacity = new Mat();
            compare(grey, new Mat(1, 1, grey.type(), Scalar.all(stored)), opacity, CMP_EQ);
            bitwise_not(opacity, opacity);
            Mat shallow = new Mat();
            grey.convertTo(shallow, CV_8U, deep ? 1 / 257.0 : 1, 0);
            Mat both = new Mat();
            merge(new MatVector(shallow, opacity), both);
            both.retainReference();
            return both;
        }
    }

    /** The value of the tRNS chunk of a grey PNG, in the bits of the file. */
    private static OptionalInt clearGrey(Path file) {
        try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
            in.skipNBytes(SIGNATURE_BYTES);
            while (true) {
                int length = in.readInt();
                int type = in.readInt();
                if (type == TRNS && length >= 2) {
                    return OptionalInt.of(in.readUnsignedShort());
                }
                if (type == IDAT || length < 0) {
                    return OptionalInt.empty();
                }
                in.skipNBytes((long) length + CHECKSUM_BYTES);
            }
        } catch (IOException e) {
            throw Failure.internal("Cannot read " + file, e);
        }
    }
}
