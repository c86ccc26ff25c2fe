package dev.rekindle.media;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.imageio.ImageIO;

/** Small files of every format, made by the JDK where it can and by hand where it cannot. */
final class Pictures {
    private Pictures() {}

    static byte[] encoded(String format, int width, int height) {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
            if (!ImageIO.write(picture, format, out)) {
                throw new IllegalArgumentException(format);
            }
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A JPEG with one more segment after its start. */
    static byte[] jpegWith(int marker, byte[] segment, int width, int height) {
        byte[] plain = encoded("jpg", width, height);
        return Bytes.bigEndian()
                .u8(0xff, 0xd8, 0xff, marker)
                .u16(segment.length + 2)
                .raw(segment)
                .raw(Arrays.copyOfRange(plain, 2, plain.length))
                .done();
    }

    /** A JPEG whose scan is there so many times. */
    static byte[] jpegOfScans(int scans) {
        byte[] once = encoded("jpg", 20, 20);
        int scan = new String(once, StandardCharsets.ISO_8859_1).indexOf("\u00ff\u00da");
        byte[] repeated = Arrays.copyOfRange(once, scan, once.length - 2);
        Bytes file = Bytes.bigEndian().raw(Arrays.copyOf(once, scan));
        for (int i = 0; i < scans; i++) {
            file.raw(repeated);
        }
        return file.u8(0xff, 0xd9).done();
    }

    static byte[] jpegTurned(int orientation, int width, int height) {
        byte[] exif =
                Bytes.bigEndian().text("Exif\0\0").raw(Bytes.exif(orientation)).done();
        return jpegWith(0xe1, exif, width, height);
    }

    static Bytes png(int width, int height, int depth, int colourType) {
        byte[] header = Bytes.bigEndian()
                .u32(width, height)
                .u8(depth, colourType, 0, 0, 0)
                .done();
        return Bytes.bigEndian().text("\u0089PNG\r\n\u001a\n").chunk("IHDR", header);
    }

    static byte[] riff(Bytes chunks) {
        byte[] content = chunks.done();
        return Bytes.littleEndian()
                .text("RIFF")
                .u32(content.length + 4)
                .text("WEBP")
                .raw(content)
                .done();
    }

    static byte[] vp8(int width, int height) {
        return Bytes.littleEndian()
                .u24(0)
                .u8(0x9d, 0x01, 0x2a)
                .u16(width, height)
                .zeros(8)
                .done();
    }

    static byte[] vp8x(int flags, int width, int height) {
        return Bytes.littleEndian().u32(flags).u24(width - 1).u24(height - 1).done();
    }

    /** A HEIC or AVIF whose main picture is said to lie at a byte and to have so many; 300 follow its header. */
    static byte[] bmffWithData(String brand, String item, int start, int length) {
        byte[] file = bmff(brand, item, 64, 48, Bytes.bigEndian(), 0);
        Bytes iloc =
                Bytes.bigEndian().u8(0, 0, 0, 0).u8(0x44, 0).u16(1).u16(1, 0, 1).u32(start, length);
        byte[] box = Bytes.bigEndian().box("iloc", iloc).done();
        // The meta box is the last: it grows by what is put at its end.
        int meta = new String(file, StandardCharsets.ISO_8859_1).indexOf("meta") - 4;
        ByteBuffer.wrap(file).putInt(meta, file.length - meta + box.length);
        return Bytes.bigEndian().raw(file).raw(box).zeros(300).done();
    }

    /** A HEIC or AVIF whose main picture has these properties besides its size. */
    static byte[] bmff(String brand, String item, int width, int height, Bytes moreProperties, int more) {
        Bytes ispe = Bytes.bigEndian().u32(0, width, height);
        Bytes ipco = Bytes.bigEndian().box("ispe", ispe).raw(moreProperties.done());
        Bytes ipma = Bytes.bigEndian().u32(0, 1).u16(1).u8(1 + more);
        for (int i = 1; i <= 1 + more; i++) {
            ipma.u8(i);
        }
        Bytes infe = Bytes.bigEndian().u8(2, 0, 0, 0).u16(1, 0).text(item).u8(0);
        Bytes meta = Bytes.bigEndian()
                .u32(0)
                .box("pitm", Bytes.bigEndian().u32(0).u16(1))
                .box("iinf", Bytes.bigEndian().u32(0).u16(1).box("infe", infe))
                .box("iprp", Bytes.bigEndian().box("ipco", ipco).box("ipma", ipma));
        if (item.equals("grid")) {
            Bytes dimg = Bytes.bigEndian().u16(1, 4).u16(2, 3, 4, 5);
            meta.box("iref", Bytes.bigEndian().u32(0).box("dimg", dimg));
            meta.box("idat", Bytes.bigEndian().u8(0, 0, 1, 1).u16(width, height));
            meta.box(
                    "iloc",
                    Bytes.bigEndian()
                            .u8(1, 0, 0, 0)
                            .u8(0x44, 0)
                            .u16(1)
                            .u16(1, 1, 0, 1)
                            .u32(0, 8));
        }
        Bytes ftyp = Bytes.bigEndian().text(brand).u32(0).text("mif1").text(brand);
        return Bytes.bigEndian().box("ftyp", ftyp).box("meta", meta).done();
    }
}
