package dev.rekindle.app;

import java.nio.file.Files;
import java.nio.file.Path;

/** Names of result files. */
final class ResultFile {
    private ResultFile() {}

    /** {@code grandma.heic} → {@code grandma-rekindled.jpg}, or {@code grandma-rekindled-2.jpg} where that is taken. */
    static Path beside(Path photo, Path folder, String contentType) {
        String name = photo.getFileName().toString();
        int dot = name.lastIndexOf('.');
        String stem = (dot > 0 ? name.substring(0, dot) : name) + "-rekindled";
        String ending =
                contentType.endsWith("jpeg") ? ".jpg" : "." + contentType.substring(contentType.indexOf('/') + 1);
        Path target = folder.resolve(stem + ending);
        for (int number = 2; Files.exists(target); number++) {
            target = folder.resolve(stem + "-" + number + ending);
        }
        return target;
    }
}
