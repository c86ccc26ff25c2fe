package dev.rekindle.processing.picture;

import java.nio.ByteBuffer;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;

/**
 * The units that coded data of a HEIC is made of. Decoders paint what they cannot read grey and report success, but a part of
 * a file that was never written shows: two bytes of zeros are never followed by 0, 1 or 2 within a unit (ISO 23008-2, 7.4.2).
 */
final class HevcUnits {
    /** Of the configuration record: where the length of lengths stands. */
    private static final int LENGTH_SIZE_AT = 21;
    /** Some writers pad units. */
    private static final int PADDING_MAX = 16;

    private HevcUnits() {}

    /** Throws CORRUPT_MEDIA unless a packet consists of whole units. */
    static void require(AVCodecParameters parameters, AVPacket packet) {
        if (parameters.extradata_size() <= LENGTH_SIZE_AT
                || parameters.extradata().get(0) == 0) {
            return; // no configuration record: units are told apart by start codes
        }
        int lengthBytes = (parameters.extradata().get(LENGTH_SIZE_AT) & 3) + 1;
        ByteBuffer data = packet.data().capacity(packet.size()).asByteBuffer();
        if (!areWhole(data, lengthBytes)) {
            throw PictureDecoder.corrupt("A part of the picture's data is missing: there are zeros in its place.");
        }
    }

    /** Whether data is units of that many bytes of length each, and no unit holds what none may hold. */
    static boolean areWhole(ByteBuffer data, int lengthBytes) {
        int at = 0;
        while (at < data.limit()) {
            if (data.limit() - at < lengthBytes) {
                return false;
            }
            long length = 0;
            for (int i = 0; i < lengthBytes; i++) {
                length = length << 8 | (data.get(at++) & 0xff);
            }
            if (length == 0 || length > data.limit() - at || !isWhole(data, at, at + (int) length)) {
                return false;
            }
            at += (int) length;
        }
        return true;
    }

    private static boolean isWhole(ByteBuffer data, int from, int to) {
        int end = to;
        while (end > from && end > to - PADDING_MAX && data.get(end - 1) == 0) {
            end--;
        }
        int zeros = 0;
        for (int i = from; i < end; i++) {
            int value = data.get(i) & 0xff;
            if (zeros >= 2 && value < 3) {
                return false;
            }
            zeros = value == 0 ? zeros + 1 : 0;
        }
        return end > from;
    }
}
