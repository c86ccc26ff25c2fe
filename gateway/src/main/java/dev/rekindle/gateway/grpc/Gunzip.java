package dev.rekindle.gateway.grpc;

import io.grpc.Codec;
import io.grpc.Decompressor;
import io.grpc.DecompressorRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/**
 * Reads messages sent compressed. Bytes that are not what their frame says are given back at once: the server holds them
 * outside the heap, and whoever sends rubbish often enough would otherwise use that up.
 */
final class Gunzip implements Decompressor {
    private static final Gunzip INSTANCE = new Gunzip();

    private Gunzip() {}

    /** What this server can decompress. */
    static DecompressorRegistry registry() {
        return DecompressorRegistry.emptyInstance()
                .with(Codec.Identity.NONE, false)
                .with(INSTANCE, true);
    }

    @Override
    public String getMessageEncoding() {
        return "gzip";
    }

    @Override
    public InputStream decompress(InputStream compressed) throws IOException {
        try {
            return new GZIPInputStream(compressed);
        } catch (IOException | RuntimeException e) {
            compressed.close();
            throw e;
        }
    }
}
