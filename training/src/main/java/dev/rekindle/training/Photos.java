package dev.rekindle.training;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import javax.imageio.ImageIO;

/** The photos to learn from: files of Debian packages, named in a list with their licences and checksums. */
final class Photos {
    private static final String LIST = "/damage/photos.tsv";

    /** What a photo is for. */
    enum Use {
        TRAIN("train"),
        HELD_BACK("held-back");

        private final String word;

        Use(String word) {
            this.word = word;
        }
    }

    /** A line of the list. */
    record Entry(String use, String debianPackage, String file, String licence, String author, String sha256) {}

    private Photos() {}

    static List<Entry> list() {
        try (InputStream in = Objects.requireNonNull(Photos.class.getResourceAsStream(LIST), LIST)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("\t", -1))
                    .map(cells -> new Entry(cells[0], cells[1], cells[2], cells[3], cells[4], cells[5]))
                    .toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /**
     * The photos of one use at their own size and reduced to each of the sides.
     *
     * @param folder holds a folder for each package, unpacked
     */
    static List<Grey> read(Path folder, Use use, int sideMin, int... sides) throws IOException {
        List<Grey> photos = new ArrayList<>();
        for (Entry entry : list()) {
            if (entry.use().equals(use.word)) {
                Grey photo = read(folder, entry);
                for (int side : sides) {
                    Grey scaled = photo.reduced(side);
                    boolean again = side > photo.longerSide() && side != sides[0];
                    if (!again && Math.min(scaled.width(), scaled.height()) >= sideMin) {
                        photos.add(scaled);
                    }
                }
            }
        }
        return photos;
    }

    private static Grey read(Path folder, Entry entry) throws IOException {
        Path file = folder.resolve(entry.debianPackage()).resolve(entry.file());
        byte[] bytes = Files.readAllBytes(file);
        String sum = HexFormat.of().formatHex(sha256().digest(bytes));
        if (!sum.equals(entry.sha256())) {
            throw new IOException(file + " has the SHA-256 " + sum + "; the list says " + entry.sha256() + ".");
        }
        return Grey.of(Objects.requireNonNull(ImageIO.read(file.toFile()), "no picture: " + file));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
