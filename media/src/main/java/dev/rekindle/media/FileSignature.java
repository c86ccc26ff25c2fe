package dev.rekindle.media;

import dev.rekindle.common.v1.MediaType;
import java.util.Set;

/** A file's type by its first bytes. Names and declared content types are never asked. */
final class FileSignature {
    private static final Set<String> HEIC_BRANDS = Set.of("heic", "heix", "heim", "heis", "hevc", "hevx");
    private static final Set<String> AVIF_BRANDS = Set.of("avif", "avis");
    private static final Set<String> MOV_BRANDS = Set.of("qt  ");
    private static final Set<String> MP4_BRANDS = Set.of(
            "isom", "iso2", "iso3", "iso4", "iso5", "iso6", "mp41", "mp42", "mp71", "avc1", "dash", "M4V ", "MSNV",
            "3gp4", "3gp5", "3gp6", "3g2a", "mmp4", "f4v ", "XAVC");
    /** Structural brands: they say nothing of the coding inside. */
    private static final Set<String> STILL_BRANDS = Set.of("mif1", "msf1", "miaf", "MiHE", "MiHB", "MiHA");

    private static final int BRANDS_MAX = 64;

    private FileSignature() {}

    /** The type, or UNSPECIFIED where no type of ours begins like this. */
    static MediaType typeOf(Window window) {
        if (window.startsWith(0, "\u00ff\u00d8\u00ff")) {
            return MediaType.MEDIA_TYPE_JPEG;
        }
        if (window.startsWith(0, "\u0089PNG\r\n\u001a\n")) {
            return MediaType.MEDIA_TYPE_PNG;
        }
        if (window.startsWith(0, "GIF87a") || window.startsWith(0, "GIF89a")) {
            return MediaType.MEDIA_TYPE_GIF;
        }
        if (window.startsWith(0, "RIFF")) {
            return riff(window);
        }
        if (window.startsWith(0, "II*\0") || window.startsWith(0, "MM\0*")) {
            return MediaType.MEDIA_TYPE_TIFF;
        }
        if (window.startsWith(0, "BM") && window.reaches(0, 26)) {
            return MediaType.MEDIA_TYPE_BMP;
        }
        if (window.startsWith(0, "\u001aE\u00df\u00a3")) {
            return matroska(window);
        }
        if (window.startsWith(4, "ftyp")) {
            return byBrands(window);
        }
        // QuickTime files older than brands.
        boolean quickTime =
                window.startsWith(4, "moov") || window.startsWith(4, "mdat") || window.startsWith(4, "wide");
        return quickTime ? MediaType.MEDIA_TYPE_MOV : MediaType.MEDIA_TYPE_UNSPECIFIED;
    }

    /** True for TIFFs whose offsets have 64 bits, a format of its own. */
    static boolean isBigTiff(Window window) {
        return window.startsWith(0, "II+\0") || window.startsWith(0, "MM\0+");
    }

    private static MediaType riff(Window window) {
        if (window.startsWith(8, "WEBP")) {
            return MediaType.MEDIA_TYPE_WEBP;
        }
        return window.startsWith(8, "AVI ") ? MediaType.MEDIA_TYPE_AVI : MediaType.MEDIA_TYPE_UNSPECIFIED;
    }

    private static MediaType byBrands(Window window) {
        long end = Math.min(window.u32be(0), 16L + 4 * BRANDS_MAX);
        MediaType major = byBrand(window.text(8, 4));
        if (major != MediaType.MEDIA_TYPE_UNSPECIFIED) {
            return major;
        }
        for (long at = 16; at + 4 <= end && window.reaches(at, 4); at += 4) {
            MediaType compatible = byBrand(window.text(at, 4));
            if (compatible != MediaType.MEDIA_TYPE_UNSPECIFIED) {
                return compatible;
            }
        }
        return MediaType.MEDIA_TYPE_UNSPECIFIED;
    }

    private static MediaType byBrand(String brand) {
        if (STILL_BRANDS.contains(brand)) {
            return MediaType.MEDIA_TYPE_UNSPECIFIED;
        }
        if (HEIC_BRANDS.contains(brand)) {
            return MediaType.MEDIA_TYPE_HEIC;
        }
        if (AVIF_BRANDS.contains(brand)) {
            return MediaType.MEDIA_TYPE_AVIF;
        }
        if (MOV_BRANDS.contains(brand)) {
            return MediaType.MEDIA_TYPE_MOV;
        }
        return MP4_BRANDS.contains(brand) ? MediaType.MEDIA_TYPE_MP4 : MediaType.MEDIA_TYPE_UNSPECIFIED;
    }

    /** WebM and MKV differ by the document type inside the EBML header. */
    private static MediaType matroska(Window window) {
        int searched = 64;
        for (int at = 4; at < searched && window.reaches(at, 12); at++) {
            if (window.u16be(at) == 0x4282) {
                if (window.startsWith(at + 3, "webm")) {
                    return MediaType.MEDIA_TYPE_WEBM;
                }
                return window.startsWith(at + 3, "matroska")
                        ? MediaType.MEDIA_TYPE_MKV
                        : MediaType.MEDIA_TYPE_UNSPECIFIED;
            }
        }
        return MediaType.MEDIA_TYPE_UNSPECIFIED;
    }
}
