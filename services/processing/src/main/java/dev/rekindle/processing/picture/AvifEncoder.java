package dev.rekindle.processing.picture;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_GLOBAL_HEADER;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder_by_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_from_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_packet;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_frame;
import static org.bytedeco.ffmpeg.global.avformat.av_write_frame;
import static org.bytedeco.ffmpeg.global.avformat.av_write_trailer;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_output_context2;
import static org.bytedeco.ffmpeg.global.avformat.avformat_free_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_new_stream;
import static org.bytedeco.ffmpeg.global.avformat.avformat_write_header;
import static org.bytedeco.ffmpeg.global.avformat.avio_close_dyn_buf;
import static org.bytedeco.ffmpeg.global.avformat.avio_open_dyn_buf;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_PRI_BT709;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_JPEG;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_SMPTE170M;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_TRC_IEC61966_2_1;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV444P;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_free;
import static org.bytedeco.ffmpeg.global.avutil.av_make_q;

import dev.rekindle.platform.rpc.Failure;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVOutputFormat;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.BytePointer;

/** Writes AVIF: one picture coded by libaom, in the boxes of FFmpeg. Without tags, which its writer does not know. */
final class AvifEncoder {
    /** Of 0 to 9; files a little larger than slower ones, in a fraction of their time. At 8 they are a quarter larger. */
    private static final String SPEED = "7";

    private static final int THREADS = 2;
    private static final int QUANTIZER_MAX = 63;

    private AvifEncoder() {}

    /**
     * The bytes of the file.
     *
     * @param quality 1 to 100, as libavif counts it
     * @param fullChroma true for colour at full resolution
     */
    static byte[] encode(Picture picture, int quality, boolean fullChroma) {
        Natives.load();
        Natives.loadFFmpeg();
        AVCodec codec = avcodec_find_encoder_by_name("libaom-av1");
        if (codec == null) {
            throw failed("its library has no encoder libaom-av1");
        }
        AVCodecContext context = avcodec_alloc_context3(codec);
        int format = fullChroma ? AV_PIX_FMT_YUV444P : AV_PIX_FMT_YUV420P;
        AVFrame frame = FrameColours.ofBgr(picture.mat(), format);
        AVFormatContext file = new AVFormatContext(null);
        try {
            frame.colorspace(AVCOL_SPC_SMPTE170M);
            frame.color_range(AVCOL_RANGE_JPEG);
            frame.color_primaries(AVCOL_PRI_BT709);
            frame.color_trc(AVCOL_TRC_IEC61966_2_1);
            open(context, codec, frame, (QUANTIZER_MAX * (100 - quality) + 50) / 100);
            require(
                    avformat_alloc_output_context2(file, (AVOutputFormat) null, "avif", null),
                    "its library does not write the file");
            return written(file, context, frame);
        } finally {
            avformat_free_context(file);
            av_frame_free(frame);
            avcodec_free_context(context);
        }
    }

    private static void open(AVCodecContext context, AVCodec codec, AVFrame frame, int quantizer) {
        context.width(frame.width());
        context.height(frame.height());
        context.pix_fmt(frame.format());
        context.time_base(av_make_q(1, 1));
        context.colorspace(frame.colorspace());
        context.color_range(frame.color_range());
        context.color_primaries(frame.color_primaries());
        context.color_trc(frame.color_trc());
        context.flags(context.flags() | AV_CODEC_FLAG_GLOBAL_HEADER);
        context.thread_count(THREADS);
        context.bit_rate(0);
        AVDictionary options = new AVDictionary(null);
        av_dict_set(options, "usage", "allintra", 0);
        av_dict_set(options, "still-picture", "1", 0);
        av_dict_set(options, "cpu-used", SPEED, 0);
        av_dict_set(options, "row-mt", "1", 0);
        av_dict_set(options, "tune", "ssim", 0);
        av_dict_set(options, "crf", String.valueOf(quantizer), 0);
        int opened = avcodec_open2(context, codec, options);
        av_dict_free(options);
        require(opened, "the encoder does not open for " + frame.width() + " × " + frame.height() + " pixels");
    }

    private static byte[] written(AVFormatContext file, AVCodecContext context, AVFrame frame) {
        AVIOContext memory = new AVIOContext(null);
        require(avio_open_dyn_buf(memory), "there is no memory for the file");
        file.pb(memory);
        BytePointer bytes = new BytePointer((BytePointer) null);
        int length;
        try {
            try {
                fill(file, context, frame);
            } finally {
                file.pb(null);
                length = avio_close_dyn_buf(memory, bytes);
            }
            byte[] copy = new byte[length];
            bytes.capacity(length).get(copy);
            return copy;
        } finally {
            av_free(bytes);
        }
    }

    private static void fill(AVFormatContext file, AVCodecContext context, AVFrame frame) {
        AVStream stream = avformat_new_stream(file, null);
        require(avcodec_parameters_from_context(stream.codecpar(), context), "its parameters are refused");
        stream.time_base(context.time_base());
        require(avformat_write_header(file, (AVDictionary) null), "its header is refused");
        frame.pts(0);
        require(avcodec_send_frame(context, frame), "the picture is refused");
        require(avcodec_send_frame(context, null), "the picture does not end");
        packets(file, context);
        require(av_write_trailer(file), "its boxes are refused");
    }

    private static void packets(AVFormatContext file, AVCodecContext context) {
        AVPacket packet = av_packet_alloc();
        try {
            int written = 0;
            while (avcodec_receive_packet(context, packet) >= 0) {
                packet.stream_index(0);
                // Takes no hold of the packet: the muxer copies what it must keep.
                require(av_write_frame(file, packet), "its data is refused");
                written++;
            }
            require(written == 1 ? 0 : -1, "the encoder gave " + written + " packets");
        } finally {
            av_packet_free(packet);
        }
    }

    private static void require(int answer, String otherwise) {
        if (answer < 0) {
            throw failed(otherwise + " (FFmpeg answers " + answer + ")");
        }
    }

    private static Failure failed(String why) {
        return Failure.internal("Could not encode AVIF: " + why, null);
    }
}
