package dev.rekindle.processing.picture;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_HEVC;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_to_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avformat.AV_DISPOSITION_DEFAULT;
import static org.bytedeco.ffmpeg.global.avformat.AV_STREAM_GROUP_PARAMS_TILE_GRID;
import static org.bytedeco.ffmpeg.global.avformat.av_find_input_format;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import dev.rekindle.media.MediaHeader;
import dev.rekindle.media.Opacity;
import dev.rekindle.media.TileGrid;
import dev.rekindle.processing.pipeline.Stop;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avformat.AVStreamGroup;
import org.bytedeco.ffmpeg.avformat.AVStreamGroupTileGrid;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.jspecify.annotations.Nullable;

/**
 * Decodes HEIC and AVIF with FFmpeg's libraries. Phones store one photo as a grid of tiles, each a stream of its own for
 * FFmpeg; they are decoded one after the other and put where the grid says.
 */
final class HeifDecoder {
    private static final int PACKETS_MAX = 10_000;
    private static final int THREADS = 2;
    private static final long PADDING_PIXELS_MAX = 4 << 20;

    /** Where a stream's picture goes. */
    private record Place(int x, int y) {}

    /**
     * What is read of a file.
     *
     * @param item its id; 0 for the main one
     * @param besides the item that is surely another; 0 for none
     */
    private record Wanted(
            long item,
            long besides,
            int width,
            int height,
            @Nullable TileGrid grid) {
        long pixels() {
            return (long) width * height;
        }
    }

    private final Wanted wanted;
    private final Stop stop;
    private final Mat target;
    private long pixelsPut;

    private HeifDecoder(Wanted wanted, Stop stop, Mat target) {
        this.wanted = wanted;
        this.stop = stop;
        this.target = target;
    }

    /** The stored picture in sRGB, not yet turned, laid on a colour where it is transparent. */
    static Mat decode(Path file, MediaHeader header, Backing backing) {
        Natives.load();
        Natives.loadFFmpeg();
        Stop stop = backing.stop();
        Opacity opacity = header.opacity();
        long besides = opacity == null ? 0 : opacity.item();
        Mat picture =
                read(file, new Wanted(0, besides, header.storedWidth(), header.storedHeight(), header.grid()), stop);
        if (opacity == null) {
            return Transparency.on(picture, backing);
        }
        Wanted shares = new Wanted(opacity.item(), 0, opacity.width(), opacity.height(), opacity.grid());
        try (Mat share = read(file, shares, stop)) {
            if (share.cols() != picture.cols() || share.rows() != picture.rows()) {
                resize(share, share, picture.size());
            }
            Transparency.lay(picture, share, backing, opacity.premultiplied());
            return picture;
        } catch (RuntimeException e) {
            picture.close();
            throw e;
        }
    }

    private static Mat read(Path file, Wanted wanted, Stop stop) {
        // Black, not what memory held before: tiles may leave holes.
        Mat target = new Mat(wanted.height(), wanted.width(), wanted.item() == 0 ? CV_8UC3 : CV_8UC1, Scalar.all(0));
        try {
            new HeifDecoder(wanted, stop, target).read(file);
            return target;
        } catch (RuntimeException e) {
            target.close();
            throw e;
        }
    }

    private void read(Path file) {
        AVFormatContext format = new AVFormatContext(null);
        AVDictionary options = new AVDictionary(null);
        av_dict_set(options, "protocol_whitelist", "file", 0);
        int opened = avformat_open_input(format, "file:" + file, av_find_input_format("mov"), options);
        av_dict_free(options);
        if (opened < 0) {
            throw PictureDecoder.corrupt("The picture's boxes are damaged and cannot be read.");
        }
        try {
            Map<Integer, Place> places = places(format);
            int decoded = packets(format, places);
            if (decoded < places.size()) {
                throw PictureDecoder.corrupt(
                        wanted.grid() == null
                                ? "The picture's data cannot be decoded to its end; it is truncated or damaged."
                                : "The picture has " + places.size() + " tiles and only " + decoded
                                        + " could be decoded; it is truncated or damaged.");
            }
            if (pixelsPut < wanted.pixels()) {
                throw PictureDecoder.corrupt("The picture is " + wanted.width() + " × " + wanted.height()
                        + " pixels by its header, and only " + pixelsPut + " of them are there.");
            }
        } finally {
            avformat_close_input(format);
        }
    }

    private Map<Integer, Place> places(AVFormatContext format) {
        TileGrid grid = wanted.grid();
        Map<Integer, Place> places = new HashMap<>();
        if (grid == null) {
            places.put(mainStream(format), new Place(0, 0));
            return places;
        }
        for (int i = 0; i < format.nb_stream_groups(); i++) {
            AVStreamGroup group = format.stream_groups(i);
            if (group.type() != AV_STREAM_GROUP_PARAMS_TILE_GRID || !mayBe(group.id())) {
                continue;
            }
            AVStreamGroupTileGrid tiles = group.params_tile_grid();
            if (tiles.nb_tiles() != grid.tiles() || tiles.width() != grid.width() || tiles.height() != grid.height()) {
                continue;
            }
            for (int tile = 0; tile < tiles.nb_tiles(); tile++) {
                Place place = new Place(
                        tiles.offsets_horizontal(tile) - tiles.horizontal_offset(),
                        tiles.offsets_vertical(tile) - tiles.vertical_offset());
                places.put(group.streams(tiles.offsets_idx(tile)).index(), place);
            }
            if (places.size() == grid.tiles()) {
                return places;
            }
            places.clear();
        }
        throw PictureDecoder.corrupt(
                "The tiles of the picture, " + grid.columns() + " × " + grid.rows() + ", are not all in the file.");
    }

    /** FFmpeg's streams and groups have the ids of items. */
    private boolean mayBe(long id) {
        return wanted.item() == 0 ? id != wanted.besides() || id == 0 : id == wanted.item();
    }

    private int mainStream(AVFormatContext format) {
        int fallback = -1;
        for (int i = 0; i < format.nb_streams(); i++) {
            AVStream stream = format.streams(i);
            boolean fits = stream.codecpar().codec_type() == AVMEDIA_TYPE_VIDEO
                    && mayBe(stream.id())
                    && stream.codecpar().width() == wanted.width()
                    && stream.codecpar().height() == wanted.height();
            if (fits && (stream.disposition() & AV_DISPOSITION_DEFAULT) != 0) {
                return i;
            }
            fallback = fits && fallback < 0 ? i : fallback;
        }
        if (fallback < 0) {
            throw PictureDecoder.corrupt("The file has no picture of " + wanted.width() + " × " + wanted.height()
                    + " pixels as its header says.");
        }
        return fallback;
    }

    private int packets(AVFormatContext format, Map<Integer, Place> places) {
        AVPacket packet = av_packet_alloc();
        int decoded = 0;
        try {
            for (int i = 0; i < PACKETS_MAX && decoded < places.size() && av_read_frame(format, packet) >= 0; i++) {
                stop.check();
                Place place = places.get(packet.stream_index());
                if (place != null && decode(format.streams(packet.stream_index()), packet, place)) {
                    decoded++;
                }
                av_packet_unref(packet);
            }
        } finally {
            av_packet_free(packet);
        }
        return decoded;
    }

    private boolean decode(AVStream stream, AVPacket packet, Place place) {
        AVCodec codec = avcodec_find_decoder(stream.codecpar().codec_id());
        if (codec == null) {
            throw PictureDecoder.corrupt("The picture's coding is not known.");
        }
        if (stream.codecpar().codec_id() == AV_CODEC_ID_HEVC) {
            HevcUnits.require(stream.codecpar(), packet);
        }
        AVCodecContext context = avcodec_alloc_context3(codec);
        AVFrame frame = av_frame_alloc();
        try {
            avcodec_parameters_to_context(context, stream.codecpar());
            // Coded pictures are padded to whole blocks, and tiles reach beyond the picture.
            context.max_pixels(2 * wanted.pixels() + PADDING_PIXELS_MAX);
            context.thread_count(THREADS);
            boolean done = avcodec_open2(context, codec, (PointerPointer<?>) null) >= 0
                    && avcodec_send_packet(context, packet) >= 0
                    && avcodec_send_packet(context, null) >= 0
                    && avcodec_receive_frame(context, frame) >= 0;
            if (done) {
                put(frame, place);
            }
            return done;
        } finally {
            av_frame_free(frame);
            avcodec_free_context(context);
        }
    }

    /** Copies the part of a decoded tile that lies inside the picture. */
    private void put(AVFrame frame, Place place) {
        int width = Math.min(frame.width(), target.cols() - place.x());
        int height = Math.min(frame.height(), target.rows() - place.y());
        if (place.x() < 0 || place.y() < 0 || width < 1 || height < 1) {
            throw PictureDecoder.corrupt("A tile lies at " + place.x() + ", " + place.y() + ", outside the picture.");
        }
        try (Mat tile = wanted.item() == 0 ? FrameColours.toBgr(frame) : FrameColours.toGrey(frame);
                Rect inside = new Rect(0, 0, width, height);
                Rect spot = new Rect(place.x(), place.y(), width, height);
                Mat from = new Mat(tile, inside);
                Mat to = new Mat(target, spot)) {
            from.copyTo(to);
            pixelsPut += (long) width * height;
        }
    }
}
