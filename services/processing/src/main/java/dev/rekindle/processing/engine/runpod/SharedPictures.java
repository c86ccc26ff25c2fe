package dev.rekindle.processing.engine.runpod;

import dev.rekindle.platform.blobs.Blobs;
import java.util.List;

/** Where pictures are put for RunPod to fetch. */
public interface SharedPictures {
    /** True if RunPod reaches what is put here. */
    boolean reachable();

    /** Puts a JPEG and answers the address by which anybody may read it for a while. */
    String put(String key, byte[] jpeg);

    /** Takes it away. */
    void remove(String key);

    /** In the blob store, by signed addresses. */
    static SharedPictures in(Blobs blobs) {
        return new SharedPictures() {
            @Override
            public boolean reachable() {
                return blobs.reachableForClients();
            }

            @Override
            public String put(String key, byte[] jpeg) {
                blobs.put(key, jpeg, "image/jpeg");
                return blobs.signGet(key, "").url().toString();
            }

            @Override
            public void remove(String key) {
                blobs.delete(List.of(key));
            }
        };
    }
}
