package dev.rekindle.gateway;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** Bodies of gRPC calls made up at random: frames and messages that are right, nearly right, and nothing of the kind. */
final class RandomFrames {
    private static final int DEPTH_MAX = 4;
    private static final int NESTED_MAX = 3000;
    private static final int FLAG_COMPRESSED = 1;
    private static final int FLAG_TRAILERS = 0x80;
    private static final List<Integer> LENGTHS = List.of(0, 1, 5, 4096, 4 << 20, (4 << 20) + 1, Integer.MAX_VALUE, -1);
    private static final List<Long> NUMBERS =
            List.of(0L, 1L, -1L, (long) Integer.MAX_VALUE, (long) Integer.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE);
    private static final List<String> TEXTS =
            List.of("", "x", "01890000-0000-7000-8000-000000000001", "\u0000", "ä€😀", "../..", "x".repeat(5000));

    private final Random random;

    RandomFrames(Random random) {
        this.random = random;
    }

    /** A body for a call whose request is of this type. */
    byte[] body(Descriptor type) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        int frames = random.nextInt(4) > 0 ? 1 : random.nextInt(4);
        for (int i = 0; i < frames; i++) {
            body.writeBytes(frame(type));
        }
        return random.nextInt(6) == 0 ? broken(body.toByteArray()) : body.toByteArray();
    }

    private byte[] frame(Descriptor type) {
        byte[] message = bytes(type);
        return switch (random.nextInt(10)) {
            case 0 -> frame(FLAG_COMPRESSED, message.length, message); // says so, and is not
            case 1 -> {
                byte[] compressed = gzip(message);
                yield frame(FLAG_COMPRESSED, compressed.length, compressed);
            }
            case 2 -> frame(random.nextInt(256), message.length, message);
            case 3 -> frame(0, LENGTHS.get(random.nextInt(LENGTHS.size())), message);
            case 4 -> {
                byte[] trailers = "grpc-status: 0\r\ngrpc-message: x\r\n".getBytes(StandardCharsets.US_ASCII);
                yield frame(FLAG_TRAILERS, trailers.length, trailers);
            }
            default -> frame(0, message.length, message);
        };
    }

    private static byte[] frame(int flag, int length, byte[] bytes) {
        return ByteBuffer.allocate(5 + bytes.length)
                .put((byte) flag)
                .putInt(length)
                .put(bytes)
                .array();
    }

    private byte[] bytes(Descriptor type) {
        return switch (random.nextInt(8)) {
            case 0 -> broken(message(type, 0).toByteArray());
            case 1 -> noise();
            case 2 -> nested(type);
            case 3 -> badText(type);
            default -> message(type, 0).toByteArray();
        };
    }

    private byte[] noise() {
        byte[] noise = new byte[random.nextInt(100)];
        random.nextBytes(noise);
        return noise;
    }

    /** One bit other, cut short, or something in between. */
    private byte[] broken(byte[] bytes) {
        if (bytes.length == 0) {
            return noise();
        }
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(3)) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes = Arrays.copyOf(bytes, at);
            default ->
                bytes = ByteString.copyFrom(bytes, 0, at)
                        .concat(ByteString.copyFrom(noise()))
                        .concat(ByteString.copyFrom(bytes, at, bytes.length - at))
                        .toByteArray();
        }
        return bytes;
    }

    /** The first field of every message again and again, so deep that no parser should follow. */
    private byte[] nested(Descriptor type) {
        int number =
                type.getFields().isEmpty() ? 1 : type.getFields().getFirst().getNumber();
        byte[] inner = new byte[0];
        for (int depth = random.nextInt(NESTED_MAX); depth > 0; depth--) {
            inner = field(number, inner);
        }
        return inner;
    }

    private byte[] badText(Descriptor type) {
        int number = type.getFields().stream()
                .filter(field -> field.getJavaType() == FieldDescriptor.JavaType.STRING)
                .map(FieldDescriptor::getNumber)
                .findFirst()
                .orElse(1);
        byte[][] broken = {
            {(byte) 0xc0, (byte) 0xaf}, {(byte) 0xed, (byte) 0xa0, (byte) 0x80}, {(byte) 0xf5}, {(byte) 0x80}
        };
        return field(number, broken[random.nextInt(broken.length)]);
    }

    private static byte[] field(int number, byte[] bytes) {
        ByteString.Output out = ByteString.newOutput(bytes.length + 10);
        CodedOutputStream coded = CodedOutputStream.newInstance(out);
        try {
            coded.writeByteArray(number, bytes);
            coded.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteString().toByteArray();
    }

    private DynamicMessage message(Descriptor type, int depth) {
        DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
        for (FieldDescriptor field : type.getFields()) {
            if (field.isMapField() || random.nextInt(3) == 0 || depth > DEPTH_MAX) {
                continue;
            }
            if (field.isRepeated()) {
                for (int i = random.nextInt(3); i > 0; i--) {
                    message.addRepeatedField(field, value(field, depth));
                }
            } else {
                message.setField(field, value(field, depth));
            }
        }
        return message.build();
    }

    private Object value(FieldDescriptor field, int depth) {
        long number = NUMBERS.get(random.nextInt(NUMBERS.size()));
        return switch (field.getJavaType()) {
            case INT -> (int) number;
            case LONG -> number;
            case FLOAT -> random.nextBoolean() ? Float.NaN : (float) number;
            case DOUBLE -> random.nextBoolean() ? Double.NEGATIVE_INFINITY : (double) number;
            case BOOLEAN -> random.nextBoolean();
            case STRING -> TEXTS.get(random.nextInt(TEXTS.size()));
            case BYTE_STRING -> ByteString.copyFrom(noise());
            case ENUM -> field.getEnumType().findValueByNumberCreatingIfUnknown((int) number);
            case MESSAGE -> message(field.getMessageType(), depth + 1);
        };
    }

    private static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
