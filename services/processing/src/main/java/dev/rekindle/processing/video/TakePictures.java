package dev.rekindle.processing.video;

import com.google.protobuf.Duration;
import dev.rekindle.common.v1.MediaMetadata;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.PreviewSpec;
import dev.rekindle.jobs.v1.SpriteSheetSpec;
import dev.rekindle.jobs.v1.VideoThumbnailsSpec;
import dev.rekindle.media.ByteSource;
import dev.rekindle.media.MediaHeader;
import dev.rekindle.media.MediaLimits;
import dev.rekindle.media.VideoOutputs;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.pipeline.Progress;
import dev.rekindle.processing.pipeline.Stop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Makes pictures of a video: the poster, thumbnails, a sheet of small ones with its index, a short animation. */
final class TakePictures {
    private static final String JPEG = "format=yuvj420p";
    private static final double POSTER_AT = 0.1;
    private static final double POSTER_SECONDS_MAX = 5;
    private static final int TILES_USUAL = 100;
    private static final int TILES_MAX = 400;
    private static final int SHEET_SIDE_MAX = 32_000;
    private static final long SHEET_PIXELS_MAX = 64_000_000;
    private static final int PREVIEW_RATE = 10;

    private final RunFFmpeg ffmpeg;

    TakePictures(RunFFmpeg ffmpeg) {
        this.ffmpeg = ffmpeg;
    }

    /** Writes the picture that stands for the video as PNG, unmarked. */
    void poster(Source source, int sideMax, Path png, Stop stop) {
        double at = Math.min(POSTER_SECONDS_MAX, POSTER_AT * source.video().seconds());
        one(source, at, source.fitted(sideMax, sideMax), "format=rgb24", List.of("-c:v", "png"), png, stop);
    }

    /** One picture a time, named after the output and numbered from 1. */
    List<Product> thumbnails(String name, VideoThumbnailsSpec wanted, Source source, Progress progress, Stop stop) {
        PictureSize size = source.fitted(wanted.getWidth(), 0);
        List<Product> made = new ArrayList<>();
        for (Duration time : wanted.getTimesList()) {
            String own = name + "." + (made.size() + 1);
            Path file = source.folder().resolve(own + ".jpg");
            one(source, VideoOutputs.seconds(time), size, JPEG, List.of("-c:v", "mjpeg", "-q:v", "3"), file, stop);
            made.add(jpeg(own, file, ""));
            progress.at((double) made.size() / wanted.getTimesCount());
        }
        return made;
    }

    private void one(
            Source source, double at, PictureSize size, String format, List<String> coder, Path file, Stop stop) {
        // Half a picture early: times are rounded, and what is asked of the very end is the last picture.
        double from =
                Math.min(at, source.video().lastFrame()) - 0.5 / source.video().rate();
        List<String> options = new ArrayList<>(Filters.of(ffmpeg, source, from, "", size, format));
        options.addAll(coder);
        options.addAll(List.of("-frames:v", "1", "-map_metadata", "-1", "-f", "image2", "-update", "1"));
        options.add("file:" + file.toAbsolutePath());
        ffmpeg.run(source.folder(), options, 0, Progress.unheard(), stop);
        if (!Files.exists(file)) {
            throw Failure.of(
                    Reason.REASON_CORRUPT_MEDIA,
                    String.format(Locale.ROOT, "The video has no picture at %.2f s that can be read.", at));
        }
    }

    /** How a sheet is laid out. */
    private record Layout(PictureSize tile, int tiles, int columns, double interval) {
        int rows() {
            return (tiles + columns - 1) / columns;
        }

        static Layout of(SpriteSheetSpec wanted, Source source) {
            PictureSize tile = source.fitted(wanted.getWidth(), 0);
            double seconds = source.video().seconds();
            double wished = wanted.hasInterval()
                    ? VideoOutputs.seconds(wanted.getInterval())
                    : Math.max(1, seconds / TILES_USUAL);
            int columns = wanted.getColumns();
            int rowsMax = (int) Math.min(SHEET_SIDE_MAX / tile.height(), SHEET_PIXELS_MAX / (tile.pixels() * columns));
            int tilesMax = Math.max(1, Math.min(TILES_MAX, rowsMax * columns));
            int tiles = Math.clamp((long) Math.ceil(seconds / wished), 1, tilesMax);
            return new Layout(tile, tiles, Math.min(columns, tiles), Math.max(wished, seconds / tiles));
        }
    }

    /** The sheet as JPEG, and the WebVTT that says which piece of it shows which seconds. */
    List<Product> sheet(String name, SpriteSheetSpec wanted, Source source, Progress progress, Stop stop) {
        Layout layout = Layout.of(wanted, source);
        Source unmarked = new Source(source.file(), source.folder(), source.video(), source.resolution(), false);
        String timing = "fps=fps=1/" + RunFFmpeg.seconds(layout.interval()) + ":start_time=0:round=up";
        String tiles = "tile=" + layout.columns() + "x" + layout.rows() + "," + JPEG;
        Path file = source.folder().resolve(name + ".jpg");
        List<String> options = new ArrayList<>(Filters.of(ffmpeg, unmarked, 0, timing, layout.tile(), tiles));
        options.addAll(List.of("-c:v", "mjpeg", "-q:v", "4", "-frames:v", "1", "-map_metadata", "-1"));
        options.addAll(List.of("-f", "image2", "-update", "1", "file:" + file.toAbsolutePath()));
        ffmpeg.run(source.folder(), options, source.video().seconds(), progress, stop);
        Path index = source.folder().resolve(name + ".vtt");
        write(
                index,
                webVtt(file.getFileName().toString(), layout, source.video().seconds()));
        String report = String.format(
                Locale.ROOT, "%s: %d pictures, one every %.2f s.", name, layout.tiles(), layout.interval());
        return List.of(
                jpeg(name, file, report),
                new Product(name + ".vtt", index, "text/vtt", MediaMetadata.getDefaultInstance(), ""));
    }

    private static String webVtt(String file, Layout layout, double seconds) {
        StringBuilder text = new StringBuilder("WEBVTT\n");
        for (int i = 0; i < layout.tiles(); i++) {
            double end = i + 1 == layout.tiles() ? seconds : (i + 1) * layout.interval();
            text.append('\n')
                    .append(clock(i * layout.interval()))
                    .append(" --> ")
                    .append(clock(end))
                    .append('\n')
                    .append(String.format(
                            Locale.ROOT,
                            "%s#xywh=%d,%d,%d,%d%n",
                            file,
                            i % layout.columns() * layout.tile().width(),
                            i / layout.columns() * layout.tile().height(),
                            layout.tile().width(),
                            layout.tile().height()));
        }
        return text.toString();
    }

    private static String clock(double seconds) {
        long millis = Math.round(seconds * 1000);
        return String.format(
                Locale.ROOT,
                "%02d:%02d:%02d.%03d",
                millis / 3_600_000,
                millis / 60_000 % 60,
                millis / 1_000 % 60,
                millis % 1_000);
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw Failure.internal("Cannot write " + file, e);
        }
    }

    /** A silent animation of a piece from the first third. */
    Product preview(String name, PreviewSpec wanted, Source source, Progress progress, Stop stop) {
        double seconds = source.video().seconds();
        double lasts = Math.min(VideoOutputs.seconds(wanted.getDuration()), seconds);
        double rate = Math.min(PREVIEW_RATE, source.video().rate());
        PictureSize size = source.fitted(wanted.getWidth(), 0);
        Path file = source.folder().resolve(name + ".webp");
        String timing =
                "trim=duration=" + RunFFmpeg.seconds(lasts) + ",fps=" + String.format(Locale.ROOT, "%.6f", rate);
        List<String> options =
                new ArrayList<>(Filters.of(ffmpeg, source, (seconds - lasts) / 3, timing, size, "format=yuv420p"));
        options.addAll(List.of("-c:v", "libwebp_anim", "-q:v", "60", "-compression_level", "3", "-loop", "0"));
        options.addAll(List.of("-map_metadata", "-1", "-f", "webp", "file:" + file.toAbsolutePath()));
        ffmpeg.run(source.folder(), options, lasts, progress, stop);
        String report = String.format(Locale.ROOT, "%s: %s pixels, %.1f s.", name, size, lasts);
        return new Product(name, file, "image/webp", picture(file), report);
    }

    private static Product jpeg(String name, Path file, String report) {
        return new Product(name, file, "image/jpeg", picture(file), report);
    }

    /** What the file says of itself. */
    private static MediaMetadata picture(Path file) {
        return MediaHeader.read(ByteSource.ofFile(file), MediaLimits.photos()).metadata();
    }
}
