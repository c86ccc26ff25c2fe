package dev.rekindle.processing.video;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.rekindle.common.v1.AudioTrack;
import dev.rekindle.common.v1.MediaMetadata;
import dev.rekindle.common.v1.MediaType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.SubtitleTrack;
import dev.rekindle.common.v1.VideoMetadata;
import dev.rekindle.media.VideoOutputs;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.processing.pipeline.Stop;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Reads what a video is: its tracks by ffprobe, then every packet of its pictures, for keyframes and its true end. */
final class ProbeVideo {
    private static final String ENTRIES =
            "format=duration,bit_rate:stream=index,codec_name,codec_type,profile,width,height,"
                    + "sample_aspect_ratio,pix_fmt,avg_frame_rate,r_frame_rate,duration,bit_rate,channels,sample_rate"
                    + ":stream_disposition=attached_pic:stream_tags=language,DURATION:stream_side_data=rotation";
    private static final Set<String> TEXTS =
            Set.of("subrip", "srt", "ass", "ssa", "webvtt", "mov_text", "text", "ttml");
    private static final int STREAMS_MAX = 64;
    /** Frames so large are not even looked at; those beyond what is taken are refused with their numbers. */
    private static final long PIXELS_LOOKED_AT_MAX = 8192L * 8192;

    private static final int SIDE_MIN = 16;
    private static final int SIDE_MAX = 16_384;
    private static final int REPORT_CHARS_MAX = 1 << 20;
    private static final double MISSING_SECONDS_MAX = 1;
    private static final double MISSING_SHARE_MAX = 0.05;
    /** Pauses of a recording are shorter, all in all. */
    private static final double FALSE_SECONDS = 10;

    private final FFmpegPrograms programs;
    private final VideoConfig config;

    ProbeVideo(FFmpegPrograms programs, VideoConfig config) {
        this.programs = programs;
        this.config = config;
    }

    /**
     * Reads a file.
     *
     * @param type as its first bytes told
     * @throws Failure UNSUPPORTED_MEDIA, CORRUPT_MEDIA, TOO_MANY_PIXELS or TOO_LARGE for what is not taken
     */
    Video read(Path file, MediaType type, Stop stop) {
        String demuxer = demuxer(type);
        JsonObject told = ask(file, demuxer, stop);
        JsonArray streams = told.has("streams") ? told.getAsJsonArray("streams") : new JsonArray();
        if (streams.size() > STREAMS_MAX) {
            throw Failure.of(
                    Reason.REASON_UNSUPPORTED_MEDIA,
                    "The video has " + streams.size() + " tracks; at most " + STREAMS_MAX + " are taken.");
        }
        JsonObject pictures = pictures(streams);
        requireSize(pictures);
        Packets packets = packets(file, demuxer, pictures.get("index").getAsInt(), stop);
        JsonObject format = told.has("format") ? told.getAsJsonObject("format") : new JsonObject();
        double seconds = Math.max(Fields.number(format, "duration"), packets.seconds());
        requireEnd(pictures, packets);
        requireTimes(type, packets);
        requireLength(seconds);
        return new Video(
                metadata(type, pictures, format, streams, packets, seconds),
                demuxer,
                pictures.get("index").getAsInt(),
                seconds,
                packets.last(),
                tracks(streams, "audio", stream -> true),
                tracks(streams, "subtitle", stream -> TEXTS.contains(Fields.text(stream, "codec_name"))),
                tracks(streams, "subtitle", stream -> !TEXTS.contains(Fields.text(stream, "codec_name")))
                        .size());
    }

    /** The only demuxer that is tried: none that reads a list of other files, none that guesses. */
    private static String demuxer(MediaType type) {
        return switch (type) {
            case MEDIA_TYPE_MP4, MEDIA_TYPE_MOV -> "mov";
            case MEDIA_TYPE_AVI -> "avi";
            case MEDIA_TYPE_WEBM, MEDIA_TYPE_MKV -> "matroska";
            case MEDIA_TYPE_UNSPECIFIED,
                    MEDIA_TYPE_JPEG,
                    MEDIA_TYPE_PNG,
                    MEDIA_TYPE_WEBP,
                    MEDIA_TYPE_HEIC,
                    MEDIA_TYPE_GIF,
                    MEDIA_TYPE_AVIF,
                    MEDIA_TYPE_TIFF,
                    MEDIA_TYPE_BMP,
                    UNRECOGNIZED ->
                throw Failure.of(
                        Reason.REASON_UNSUPPORTED_MEDIA, "The file is no video; expected MP4, MOV, AVI, WebM or MKV.");
        };
    }

    private List<String> command(Path file, String demuxer, String... asked) {
        FFmpegPrograms.Found found = programs.find();
        List<String> command = new ArrayList<>(found.guard());
        command.addAll(List.of(found.ffprobe(), "-v", "error", "-hide_banner"));
        command.addAll(List.of("-protocol_whitelist", "file", "-max_pixels", String.valueOf(PIXELS_LOOKED_AT_MAX)));
        command.addAll(List.of("-f", demuxer));
        command.addAll(List.of(asked));
        command.add("file:" + file.toAbsolutePath());
        return command;
    }

    private JsonObject ask(Path file, String demuxer, Stop stop) {
        StringBuilder told = new StringBuilder();
        run(file, command(file, demuxer, "-show_entries", ENTRIES, "-of", "json"), stop, line -> {
            if (told.length() + line.length() > REPORT_CHARS_MAX) {
                throw Failure.of(Reason.REASON_CORRUPT_MEDIA, "The video says too much of itself to be one.");
            }
            told.append(line).append('\n');
        });
        try {
            return JsonParser.parseString(told.toString()).getAsJsonObject();
        } catch (JsonParseException | IllegalStateException e) {
            throw Failure.internal("ffprobe says no JSON: " + told, e);
        }
    }

    private static void run(Path file, List<String> command, Stop stop, java.util.function.Consumer<String> lines) {
        RunProgram.Ended ended = RunProgram.run(command, folder(file), lines, stop);
        if (ended.exit() != 0) {
            throw ProgramFailures.of("ffprobe", ended);
        }
    }

    private static Path folder(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IllegalArgumentException(file + " lies in no folder");
        }
        return folder;
    }

    private static JsonObject pictures(JsonArray streams) {
        for (JsonElement one : streams) {
            JsonObject stream = one.getAsJsonObject();
            boolean cover = stream.has("disposition")
                    && Fields.number(stream.getAsJsonObject("disposition"), "attached_pic") > 0;
            if (Fields.text(stream, "codec_type").equals("video") && !cover) {
                if (Fields.text(stream, "codec_name").isEmpty()
                        || Fields.text(stream, "codec_name").equals("unknown")) {
                    throw Failure.of(
                            Reason.REASON_UNSUPPORTED_MEDIA, "The video is coded in a way that cannot be read here.");
                }
                return stream;
            }
        }
        throw Failure.of(Reason.REASON_UNSUPPORTED_MEDIA, "The file has no video track; expected one.");
    }

    private void requireSize(JsonObject pictures) {
        long width = (long) Fields.number(pictures, "width");
        long height = (long) Fields.number(pictures, "height");
        if (Math.min(width, height) < SIDE_MIN) {
            throw Failure.of(
                    Reason.REASON_UNSUPPORTED_MEDIA,
                    "The video is " + width + " × " + height + " pixels; expected at least " + SIDE_MIN
                            + " on each side.");
        }
        if (Math.max(width, height) > SIDE_MAX || width * height > config.pixelsMax()) {
            throw Failure.of(
                    Reason.REASON_TOO_MANY_PIXELS,
                    "The video is " + width + " × " + height + " pixels; at most " + config.pixelsMax() + " in all and "
                            + SIDE_MAX + " a side are allowed.");
        }
    }

    private Packets packets(Path file, String demuxer, int stream, Stop stop) {
        Packets packets = new Packets();
        List<String> command = command(
                file,
                demuxer,
                "-select_streams",
                String.valueOf(stream),
                "-show_entries",
                "packet=pts_time,dts_time,duration_time,flags",
                "-of",
                "csv=p=0");
        run(file, command, stop, packets::take);
        if (packets.frames() == 0) {
            throw Failure.of(Reason.REASON_CORRUPT_MEDIA, "The video has no pictures; the file is truncated.");
        }
        return packets;
    }

    /** A file that is cut off still has the length of the whole in its index. */
    private static void requireEnd(JsonObject pictures, Packets packets) {
        double told = Math.max(Fields.number(pictures, "duration"), Fields.clock(Fields.tag(pictures, "DURATION")));
        double missing = told - packets.seconds();
        if (missing > MISSING_SECONDS_MAX && missing > MISSING_SHARE_MAX * told) {
            throw Failure.of(
                    Reason.REASON_CORRUPT_MEDIA,
                    String.format(
                            Locale.ROOT,
                            "The video says it lasts %.1f s, but its pictures end after %.1f s; the file is truncated.",
                            told,
                            packets.seconds()));
        }
    }

    /** Pieces of a fragmented MP4 say when they begin. False times make hours of seconds, and no file can be made that fits. */
    private static void requireTimes(MediaType type, Packets packets) {
        boolean tells = type == MediaType.MEDIA_TYPE_MP4 || type == MediaType.MEDIA_TYPE_MOV;
        double span = packets.seconds();
        double off = Math.abs(span - packets.shown());
        if (tells && off > FALSE_SECONDS && off > Math.min(span, packets.shown())) {
            throw Failure.of(
                    Reason.REASON_CORRUPT_MEDIA,
                    String.format(
                            Locale.ROOT,
                            "The video's times are false: its pictures last %.1f s together, and the last ends at %.1f s.",
                            packets.shown(),
                            span));
        }
    }

    private void requireLength(double seconds) {
        if (!(seconds > 0)) {
            throw Failure.of(Reason.REASON_CORRUPT_MEDIA, "The video lasts " + seconds + " s; expected more.");
        }
        if (seconds > config.durationMax().toMillis() / 1000.0) {
            throw Failure.of(
                    Reason.REASON_TOO_LARGE,
                    String.format(
                            Locale.ROOT,
                            "The video lasts %.0f s; at most %d s are taken here.",
                            seconds,
                            config.durationMax().toSeconds()));
        }
    }

    private static MediaMetadata metadata(
            MediaType type,
            JsonObject pictures,
            JsonObject format,
            JsonArray streams,
            Packets packets,
            double seconds) {
        double shape = Fields.ratio(Fields.text(pictures, "sample_aspect_ratio"), ":");
        int stored = (int) Fields.number(pictures, "width");
        int width = shape > 0 ? Math.clamp(Math.round(stored * shape), 1, 4 * SIDE_MAX) : stored;
        int height = (int) Fields.number(pictures, "height");
        boolean lies = Math.floorMod(Math.round(Fields.rotation(pictures)), 180) == 90;
        double rate = Fields.ratio(Fields.text(pictures, "avg_frame_rate"), "/");
        if (!(rate > 0)) {
            rate = Fields.ratio(Fields.text(pictures, "r_frame_rate"), "/");
        }
        int across = lies ? height : width;
        int down = lies ? width : height;
        VideoMetadata.Builder video = VideoMetadata.newBuilder()
                .setDuration(VideoOutputs.duration(seconds))
                .setFramesPerSecond(rate > 0 && rate < 1_000 ? rate : packets.frames() / seconds)
                .setVideoCodec(Fields.text(pictures, "codec_name"))
                .setProfile(Fields.text(pictures, "profile"))
                .setPixelFormat(Fields.text(pictures, "pix_fmt"))
                .setBitsPerSecond((long) Math.max(0, Fields.number(format, "bit_rate")))
                .setGopFrames(packets.gop())
                .setAspectRatio(aspect(across, down));
        for (JsonElement one : streams) {
            JsonObject stream = one.getAsJsonObject();
            switch (Fields.text(stream, "codec_type")) {
                case "audio" ->
                    video.addAudioTracks(AudioTrack.newBuilder()
                            .setCodec(Fields.text(stream, "codec_name"))
                            .setChannels((int) Math.max(0, Fields.number(stream, "channels")))
                            .setSampleRateHz((int) Math.max(0, Fields.number(stream, "sample_rate")))
                            .setBitsPerSecond((long) Math.max(0, Fields.number(stream, "bit_rate")))
                            .setLanguage(Fields.language(stream)));
                case "subtitle" ->
                    video.addSubtitleTracks(SubtitleTrack.newBuilder()
                            .setCodec(Fields.text(stream, "codec_name"))
                            .setLanguage(Fields.language(stream)));
                default -> {
                    // Other pictures and data are not told of.
                }
            }
        }
        return MediaMetadata.newBuilder()
                .setType(type)
                .setWidth(across)
                .setHeight(down)
                .setVideo(video)
                .build();
    }

    private static List<Video.Track> tracks(
            JsonArray streams, String type, java.util.function.Predicate<JsonObject> wanted) {
        List<Video.Track> tracks = new ArrayList<>();
        for (JsonElement one : streams) {
            JsonObject stream = one.getAsJsonObject();
            if (Fields.text(stream, "codec_type").equals(type) && wanted.test(stream)) {
                tracks.add(new Video.Track(stream.get("index").getAsInt(), Fields.language(stream)));
            }
        }
        return List.copyOf(tracks);
    }

    /** "16:9", as near as small numbers come. */
    private static String aspect(int width, int height) {
        int divisor = java.math.BigInteger.valueOf(width)
                .gcd(java.math.BigInteger.valueOf(height))
                .intValue();
        return width / divisor + ":" + height / divisor;
    }
}
