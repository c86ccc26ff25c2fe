package dev.rekindle.processing;

import static org.bytedeco.opencv.global.opencv_imgcodecs.imencode;

import dev.rekindle.media.ByteSource;
import dev.rekindle.media.MediaHeader;
import dev.rekindle.media.MediaLimits;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureDecoder;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.pipeline.Stop;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;

/** The photos of the test kit, and small changes to their files. */
public final class TestPhotos {
    private TestPhotos() {}

    /** The bytes of a photo of the test kit: astronaut, camera, chelsea, coffee, grace_hopper, rocket. */
    public static byte[] bytes(String name) {
        return resource("/photos/" + name + ".jpg");
    }

    /** The bytes of a file of the class path. */
    public static byte[] resource(String path) {
        try (InputStream in = TestPhotos.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalArgumentException(path);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Picture picture(String name) {
        return decode(bytes(name));
    }

    /** The bytes of a photo reduced to that longer side, as a JPEG. */
    public static byte[] small(String name, int side) {
        try (Picture photo = picture(name);
                Picture reduced = photo.fittingIn(PictureSize.square(side));
                BytePointer bytes = new BytePointer()) {
            if (!imencode(".jpg", reduced.mat(), bytes)) {
                throw new IllegalStateException(name + " cannot be written");
            }
            byte[] jpeg = new byte[(int) bytes.limit()];
            bytes.get(jpeg);
            return jpeg;
        }
    }

    /** Decodes bytes at full size. */
    public static Picture decode(byte[] file) {
        return decode(file, 0);
    }

    public static Picture decode(byte[] file, int longerSideWanted) {
        try {
            Path path = Files.createTempFile("test-photo-", "");
            try {
                Files.write(path, file);
                return PictureDecoder.decode(path, header(file), longerSideWanted, new Stop());
            } finally {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static MediaHeader header(byte[] file) {
        return MediaHeader.read(ByteSource.ofHead(file, file.length), MediaLimits.photos());
    }

    /** A JPEG with one more segment after its start. */
    public static byte[] withSegment(byte[] jpeg, int marker, byte[] segment) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(0xff);
        out.write(0xd8);
        out.write(0xff);
        out.write(marker);
        out.write((segment.length + 2) >> 8);
        out.write(segment.length + 2);
        out.writeBytes(segment);
        out.writeBytes(Arrays.copyOfRange(jpeg, 2, jpeg.length));
        return out.toByteArray();
    }

    /** An EXIF segment with an orientation, a camera's serial number, and a position. */
    public static byte[] exif(int orientation) {
        java.nio.ByteBuffer tiff = java.nio.ByteBuffer.allocate(200);
        tiff.put("MM\0*".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1)).putInt(8);
        tiff.putShort((short) 4);
        entry(tiff, 0x010f, 2, 8, 150); // maker
        tiff.putShort((short) 0x0112)
                .putShort((short) 3)
                .putInt(1)
                .putShort((short) orientation)
                .putShort((short) 0);
        entry(tiff, 0xc62f, 2, 8, 158); // camera serial number
        entry(tiff, 0x8825, 4, 1, 62); // where the position is
        tiff.putInt(0);
        tiff.position(62);
        tiff.putShort((short) 2);
        tiff.putShort((short) 1)
                .putShort((short) 2)
                .putInt(2)
                .put((byte) 'N')
                .put((byte) 0)
                .putShort((short) 0);
        entry(tiff, 2, 5, 3, 100);
        tiff.putInt(0);
        tiff.position(100);
        for (int value : new int[] {48, 1, 51, 1, 30, 1}) {
            tiff.putInt(value);
        }
        tiff.position(150);
        tiff.put("Maker-7\0SECRET1\0".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
        ByteArrayOutputStream segment = new ByteArrayOutputStream();
        segment.writeBytes("Exif\0\0".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
        segment.writeBytes(tiff.array());
        return segment.toByteArray();
    }

    private static void entry(java.nio.ByteBuffer tiff, int tag, int type, int count, int value) {
        tiff.putShort((short) tag).putShort((short) type).putInt(count).putInt(value);
    }
}
