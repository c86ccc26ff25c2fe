package dev.rekindle.processing.engine;

import static org.bytedeco.opencv.global.opencv_core.CV_8U;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_core.bitwise_or;
import static org.bytedeco.opencv.global.opencv_core.countNonZero;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_LINEAR;
import static org.bytedeco.opencv.global.opencv_imgproc.MORPH_ELLIPSE;
import static org.bytedeco.opencv.global.opencv_imgproc.THRESH_BINARY;
import static org.bytedeco.opencv.global.opencv_imgproc.dilate;
import static org.bytedeco.opencv.global.opencv_imgproc.getStructuringElement;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;
import static org.bytedeco.opencv.global.opencv_imgproc.threshold;

import dev.rekindle.processing.picture.Scaled;
import dev.rekindle.processing.pipeline.Stop;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.indexer.UByteIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * Finds damage by a small network trained for it, piece by piece: a scratch or a speck counts if the network is sure of it
 * as a whole, because of a bright edge or a whisker it is sure in places only. The more of a photo is damaged beyond doubt,
 * the less sure it need be of the other pieces; of specks, which little else looks like, it never need be as sure. In faces
 * small pieces do not count, as what shines in an eye looks like dust, but for light specks alone on skin in a dusty photo. Rims of
 * round things never count.
 * A wide crack is none to a network that learned from narrow ones. So a photo is looked at as small as it could be and show
 * as much, and in smaller copies, too, which count only of a print that is crumpled all over.
 */
final class LearnedDamage implements DamageDetector {
    private static final int SIDE_MAX = 1920;
    /** The longer sides of the smaller copies that are looked at, in pixels, of those that are so much smaller than the photo. */
    private static final int[] COPIES = {960, 480};

    private static final double SMALLER_FROM = 1.4;
    private static final double HALF = 127;
    /** Means over a piece, of 255: beyond doubt for the first look at the whole, then in a photo without and with damage. */
    private static final int BEYOND_DOUBT = 240;

    private static final int SURE = 247;
    private static final int SURE_IF_DAMAGED = 210;
    /** What cracks need to tell of a crumpled photo, and in one. Cracks are ragged, so nobody is as sure of all their pixels. */
    private static final int SURE_OF_CRACK = 200;

    private static final int SURE_OF_CRACK_IF_DAMAGED = 200;
    /** A crack is as long as this share of the photo's longer side. */
    private static final double LONG = 0.05;
    /** The shares in cracks, weighed by how decided the network is, between which a photo becomes a damaged one. */
    private static final double CRACKED_FROM = 0.0035;

    private static final double CRACKED_FULLY = 0.0047;
    /** Fewer make no crumpled photo, and count for nothing in a smaller copy. */
    private static final int CRACKS_MIN = 4;
    /** What the network is decided about is so sure, in the mean. */
    private static final int DECIDED = 215;
    /** How many times as much it takes in a smaller copy, where masts and ropes are as narrow as scratches. */
    private static final double CAUTION_IN_COPIES = 2.5;
    /** The same of cracks in a photo whose longer side is below that, in pixels, and so many times as much at most. */
    private static final double SMALL = 640;

    private static final double CAUTION_IN_SMALL = 1.7;
    /** The width of a brush that goes along a fold, in pixels: what it touches is the fold's rim, of which the network is sure, too. */
    private static final int BESIDE_FOLDS = 7;
    /** What a speck needs at most, and a line. */
    private static final int SURE_OF_SPECK = 230;

    private static final int SURE_OF_LINE = 230;
    /** What a speck needs that lies alone on even ground in a damaged or dusty photo. */
    private static final int SURE_OF_LONE_SPECK = 165;
    /** More are no scratches but a pattern; what they go on in is not looked for. */
    private static final int LEADING_MAX = 100;
    /** What a pixel in a face must have, of 255: a scratch over glasses must not take their rim along. */
    private static final int PIXEL_IN_FACE = 235;

    private static final int PIXEL_IN_FACE_IF_DAMAGED = 140;
    /**
     * The shares damaged beyond doubt between which a photo becomes a damaged one: undamaged ones show up to the first, by
     * what resembles damage.
     */
    private static final double DAMAGED_FROM = 0.004;

    private static final double DAMAGED_FULLY = 0.006;
    /** The numbers of specks alone on even ground between which it becomes a dusty one; undamaged ones were seen to have six at most. */
    private static final int DUSTY_FROM = 7;

    private static final int DUSTY_FULLY = 12;
    /** The same, between which those specks themselves are dust: most undamaged photos have one that looks like it, or two. */
    private static final int SPECKED_FROM = 1;

    private static final int SPECKED_FULLY = 4;
    /** So many specks in a photo that is damaged by nothing else are gleams: dust comes in numbers. */
    private static final int GLEAMS_MAX = 3;
    /** More than that is what a photo shows: print, a night full of lights, falling snow. */
    private static final double MARKED_SHARE_MAX = 0.12;

    private final DamageNetwork network;

    LearnedDamage(DamageNetwork network) {
        this.network = network;
    }

    @Override
    public Mat find(Mat luminance, List<Face> faces, double noise, Stop stop) {
        Mat mask = new Mat(luminance.rows(), luminance.cols(), CV_8UC1, Scalar.all(0));
        int longer = Math.max(luminance.cols(), luminance.rows());
        double scale = Math.min(1, (double) SIDE_MAX / longer) / Spare.of(luminance, SIDE_MAX);
        look(luminance, faces, scale, false, mask, stop);
        for (int side : COPIES) {
            if (scale * longer >= SMALLER_FROM * side) {
                look(luminance, faces, (double) side / longer, true, mask, stop);
            }
        }
        return mask;
    }

    /**
     * Looks at a photo reduced by that factor, and adds what is found to the mask.
     *
     * @param isCopy one beside the largest
     */
    private void look(Mat luminance, List<Face> faces, double scale, boolean isCopy, Mat mask, Stop stop) {
        try (PointerScope _ = new PointerScope()) {
            Mat small = luminance;
            if (scale < 1) {
                small = new Mat();
                resize(luminance, small, Scaled.of(luminance, scale), 0, 0, INTER_AREA);
            }
            Mat sure = network.probabilities(small, stop);
            List<Face> there = faces.stream().map(face -> face.scaled(scale)).toList();
            Mat found = marks(small, sure, there, isCopy);
            stop.check();
            if (countNonZero(found) <= MARKED_SHARE_MAX * found.total()) {
                // Damage fades out over a pixel, and a rim left standing would be smeared over the mended place.
                dilate(found, found, getStructuringElement(MORPH_ELLIPSE, new Size(3, 3)));
                Mat enlarged = new Mat();
                resize(found, enlarged, mask.size(), 0, 0, INTER_LINEAR);
                threshold(enlarged, enlarged, HALF, 255, THRESH_BINARY);
                bitwise_or(mask, enlarged, mask);
            }
        }
    }

    /** Folds are told by themselves. A photo that was folded once need not be scratched, so they say nothing of its other pieces. */
    private static Mat marks(Mat luminance, Mat sure, List<Face> faces, boolean isCopy) {
        Mat folds = new Mat(sure.rows(), sure.cols(), CV_8U, Scalar.all(0));
        FoldLines.mark(luminance, folds);
        Mat besideFolds = new Mat();
        dilate(folds, besideFolds, getStructuringElement(MORPH_ELLIPSE, new Size(BESIDE_FOLDS, BESIDE_FOLDS)));
        sure.setTo(new Mat(Scalar.all(0)), besideFolds);
        DamagePieces pieces = DamagePieces.of(luminance, sure);
        int side = Math.max(sure.cols(), sure.rows());
        Condition photo = Condition.of(pieces, (double) sure.total(), side, isCopy, faces);
        boolean[] damage =
                isCopy && photo.damaged < 1 ? new boolean[pieces.count()] : damage(pieces, photo, faces, side);
        Mat marks = new Mat(sure.rows(), sure.cols(), CV_8U, Scalar.all(0));
        UByteIndexer mark = marks.createIndexer();
        UByteIndexer probability = sure.createIndexer();
        double inFace = between(PIXEL_IN_FACE, PIXEL_IN_FACE_IF_DAMAGED, photo.damaged);
        pieces.each((x, y, piece) -> {
            if (damage[piece] && (probability.get(y, x) >= inFace || isOutside(faces, x, y))) {
                mark.put(y, x, 255);
            }
        });
        StrokeGaps.mark(
                luminance,
                IntStream.range(1, damage.length)
                        .filter(piece -> damage[piece])
                        .mapToObj(pieces::get)
                        .toList(),
                marks);
        bitwise_or(marks, folds, marks);
        return marks;
    }

    /**
     * What a photo is like as a whole.
     *
     * @param damaged from 0 for one without damage to 1 for a damaged one, by how much is beyond doubt
     * @param dusty the same by that and by how many specks lie alone: dust tells of dust, not of scratches
     * @param specked the same from fewer of them: those the network is nearly sure of are dust then, and no others
     */
    private record Condition(double damaged, double dusty, double specked) {

        static Condition of(DamagePieces pieces, double pixels, int side, boolean isCopy, List<Face> faces) {
            double caution = isCopy ? CAUTION_IN_COPIES : Math.clamp(Math.pow(SMALL / side, 2), 1, CAUTION_IN_SMALL);
            long surely = area(pieces.where(piece -> isSure(piece, BEYOND_DOUBT, faces)));
            long specks = IntStream.range(1, pieces.count())
                    .filter(i -> isSpeckAlone(pieces, i, faces))
                    .count();
            List<DamagePiece> cracks = pieces.where(
                    piece -> piece.isCrack(LONG * side) && piece.isLight() && isSure(piece, SURE_OF_CRACK, faces));
            double cracked = cracks.size() < CRACKS_MIN
                    ? 0
                    : Ramp.of(area(cracks) * decided(pieces, faces) / (caution * pixels), CRACKED_FROM, CRACKED_FULLY);
            double damaged =
                    isCopy ? cracked : Math.max(Ramp.of(surely / pixels, DAMAGED_FROM, DAMAGED_FULLY), cracked);
            return new Condition(
                    damaged,
                    Math.max(damaged, Ramp.of((double) specks, DUSTY_FROM, DUSTY_FULLY)),
                    Math.max(damaged, Ramp.of((double) specks, SPECKED_FROM, SPECKED_FULLY)));
        }

        /** How much of all that may be damage the network is nearly sure of: where there is none it is of two minds about most. */
        private static double decided(DamagePieces pieces, List<Face> faces) {
            List<DamagePiece> all = pieces.where(piece -> piece.isVisible() && !piece.isSmallInAny(faces));
            long sure = area(all.stream().filter(piece -> piece.isSure(DECIDED)).toList());
            return (double) sure / Math.max(1, area(all));
        }

        private static long area(List<DamagePiece> pieces) {
            return pieces.stream().mapToLong(DamagePiece::area).sum();
        }
    }

    private static boolean isSpeckAlone(DamagePieces pieces, int i, List<Face> faces) {
        DamagePiece piece = pieces.get(i);
        return piece.isSpeck() && piece.isVisible() && isSure(piece, SURE_OF_SPECK, faces) && pieces.isAlone(i);
    }

    /** In a face, too: what shines there by itself, eyes and teeth and jewels, has its like around it. */
    private static boolean isDustOnSkin(DamagePieces pieces, int i) {
        DamagePiece piece = pieces.get(i);
        return piece.isSpeck() && piece.isSure(SURE_OF_SPECK) && pieces.isAloneAndLight(i);
    }

    private static boolean isSure(DamagePiece piece, double mean, List<Face> faces) {
        return piece.isSure(piece.isLine() ? Math.min(mean, SURE_OF_LINE) : mean)
                && !piece.isRim()
                && !piece.isSmallInAny(faces);
    }

    /** Which pieces are damage: those that are by themselves, and those that straight scratches go on in. */
    private static boolean[] damage(DamagePieces pieces, Condition photo, List<Face> faces, int side) {
        boolean[] damage = new boolean[pieces.count()];
        for (int i = 1; i < damage.length; i++) {
            DamagePiece piece = pieces.get(i);
            damage[i] = piece.isVisible()
                    && (isSure(piece, needed(pieces, i, photo, side), faces)
                            || (photo.dusty == 1 && isDustOnSkin(pieces, i)));
        }
        List<DamagePiece> leading = IntStream.range(1, damage.length)
                .filter(piece -> damage[piece] && pieces.get(piece).leads(side))
                .mapToObj(pieces::get)
                .limit(LEADING_MAX)
                .toList();
        for (int i = 1; i < damage.length; i++) {
            DamagePiece piece = pieces.get(i);
            damage[i] |= !piece.isSmallInAny(faces) && leading.stream().anyMatch(piece::follows);
        }
        return areGleams(pieces, damage) ? new boolean[damage.length] : damage;
    }

    private static boolean areGleams(DamagePieces pieces, boolean[] damage) {
        List<DamagePiece> found = IntStream.range(1, damage.length)
                .filter(piece -> damage[piece])
                .mapToObj(pieces::get)
                .toList();
        return found.size() <= GLEAMS_MAX && found.stream().allMatch(DamagePiece::isSpeck);
    }

    /** How sure the network must be of a piece, of 255. */
    private static double needed(DamagePieces pieces, int i, Condition photo, int side) {
        boolean isCrack = pieces.get(i).isCrack(LONG * side);
        double needed = between(SURE, isCrack ? SURE_OF_CRACK_IF_DAMAGED : SURE_IF_DAMAGED, photo.damaged);
        if (!pieces.get(i).isSpeck()) {
            return needed;
        }
        return photo.dusty > 0 && pieces.isAlone(i)
                ? Math.min(needed, between(SURE_OF_SPECK, SURE_OF_LONE_SPECK, photo.dusty))
                : Math.min(needed, between(SURE, SURE_OF_SPECK, photo.specked));
    }

    private static double between(double from, double to, double share) {
        return from + share * (to - from);
    }

    private static boolean isOutside(List<Face> faces, int x, int y) {
        return faces.stream().noneMatch(face -> face.contains(x, y));
    }
}
