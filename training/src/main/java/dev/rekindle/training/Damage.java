package dev.rekindle.training;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Damage drawn on a grey picture: scratches, lines, hairs, creases, tears, dust, flecks, cracks. Each kind is covered area with an
 * opacity and a value; what of it can be seen is what is to be found.
 */
final class Damage {
    private static final float COVERED = 0.4f;
    private static final float TOUCHED = 0.05f;
    private static final float SEEN_LEVELS = 12;
    private static final float SEEN_IN_NOISE = 1.5f;

    private final Grey picture;
    private final float[] marks;
    private final float[] weights;
    private final float[] cover;
    private final RandomGenerator random;
    private final float seenLevels;
    private int firstRow = Integer.MAX_VALUE;
    private int lastRow = -1;

    /**
     * @param noise standard deviation of the picture's noise, in levels; damage that drowns in it is nobody's to find
     */
    Damage(Grey picture, double noise, RandomGenerator random) {
        this.picture = picture;
        this.random = random;
        this.seenLevels = Math.max(SEEN_LEVELS, (float) (SEEN_IN_NOISE * noise));
        this.marks = new float[picture.pixels().length];
        this.weights = new float[picture.pixels().length];
        this.cover = new float[picture.pixels().length];
        java.util.Arrays.fill(weights, 1);
    }

    /** 1 where damage is to be found. */
    float[] marks() {
        return marks;
    }

    /** 0 where it is a matter of opinion: soft borders, and damage as bright as what it hides. */
    float[] weights() {
        return weights;
    }

    /** Nothing, or up to four kinds of damage. */
    void drawSome(boolean withCracks) {
        if (random.nextInt(5) == 0) {
            return;
        }
        int kinds = 1 + random.nextInt(4);
        for (int i = 0; i < kinds; i++) {
            switch (random.nextInt(withCracks ? 12 : 10)) {
                case 0, 1, 2 -> scratch();
                case 3 -> line();
                case 4 -> hair();
                case 5 -> crease();
                case 6 -> tear();
                case 7, 8 -> dust();
                case 9 -> flecks();
                default -> cracks();
            }
        }
    }

    /** Scratches, dust and flecks alone: what others who trained such a network drew. */
    void drawPlain() {
        int kinds = 1 + random.nextInt(4);
        for (int i = 0; i < kinds; i++) {
            switch (random.nextInt(3)) {
                case 0 -> scratch();
                case 1 -> dust();
                default -> flecks();
            }
        }
    }

    private double between(double from, double to) {
        return from + random.nextDouble() * (to - from);
    }

    private double value(double lightShare) {
        return random.nextDouble() < lightShare ? between(170, 255) : between(0, 55);
    }

    private void scratch() {
        double width = 0.8 + 6.2 * Math.pow(random.nextDouble(), 2.5);
        double bend = random.nextInt(3) == 0 ? 0.06 : 0.012;
        Path path = new Path(between(40, 260), bend, random.nextInt(3) == 0 ? between(8, 40) : 0);
        walk(path, width, random.nextInt(4) == 0 ? 0.5 : 0.12);
        apply(value(0.7), between(0.7, 1), 0);
    }

    /**
     * A scratch of transport or of a fold, from one end of the photo to the other: straight, mostly upright or level, equally
     * wide and bright whatever lies below. (Photos are full of long arcs that are no damage: rims, saucers, horizons.)
     */
    private void line() {
        double level = random.nextBoolean() ? 0 : Math.PI / 2;
        double angle = random.nextInt(8) == 0 ? between(0, Math.PI) : level + 0.04 * random.nextGaussian();
        double x = between(0, picture.width());
        double y = between(0, picture.height());
        double width = 0.8 + 2.2 * Math.pow(random.nextDouble(), 2);
        double gaps = random.nextInt(4) == 0 ? between(20, 80) : 0;
        for (int side = 0; side < 2; side++) {
            walk(new Path(x, y, angle + side * Math.PI, 150, 0.0003, gaps), width, random.nextInt(3) == 0 ? 0.3 : 0.06);
        }
        apply(value(0.75), between(0.7, 1), 0);
    }

    private void hair() {
        walk(new Path(between(15, 80), 0.22, 0), between(0.8, 2.2), 0.1);
        apply(value(0.5), between(0.7, 1), 0);
    }

    /** A fold: broken emulsion along a straight line, and a shadow on one side that is no damage to be painted over. */
    private void crease() {
        int x = random.nextInt(picture.width());
        int y = random.nextInt(picture.height());
        double angle = between(0, Math.PI);
        double depth = between(-22, 22);
        double reach = between(3, 12);
        for (int row = 0; row < picture.height(); row++) {
            for (int column = 0; column < picture.width(); column++) {
                double off = (row - y) * Math.cos(angle) - (column - x) * Math.sin(angle);
                if (off > 0 && off < reach * 3) {
                    add(row * picture.width() + column, depth * Math.exp(-off / reach));
                }
            }
        }
        double width = between(0.8, 3.5);
        for (int side = -1; side <= 1; side += 2) {
            walk(new Path(x, y, angle + (side < 0 ? Math.PI : 0), 300, 0.004, 0), width, 0.5);
        }
        apply(value(0.8), between(0.7, 1), 6);
    }

    /** A jagged gap from the border inwards, that closes towards its end. */
    private void tear() {
        boolean across = random.nextBoolean();
        double x = across ? 0 : random.nextInt(picture.width());
        double y = across ? random.nextInt(picture.height()) : 0;
        double straight = across ? 0 : Math.PI / 2;
        double length = between(25, 120);
        double width = between(2, 9);
        double angle = straight + 0.3 * random.nextGaussian();
        for (double gone = 0; gone < length; gone += 0.5) {
            if (random.nextInt(6) == 0) {
                angle = straight + 0.7 * random.nextGaussian();
            }
            x += 0.5 * Math.cos(angle);
            y += 0.5 * Math.sin(angle);
            disc(x, y, Math.max(0.4, width * (1 - gone / length) / 2 + 0.3 * random.nextGaussian()), 1);
        }
        apply(value(0.85), between(0.85, 1), 4);
    }

    private void dust() {
        int count = 1 + random.nextInt(14);
        double light = random.nextInt(3) == 0 ? 0.1 : 0.85;
        for (int i = 0; i < count; i++) {
            double x = between(0, picture.width());
            double y = between(0, picture.height());
            disc(x, y, 0.7 + 3.2 * Math.pow(random.nextDouble(), 1.6), 1);
            apply(value(light), between(0.7, 1), 0);
        }
    }

    private void flecks() {
        int count = 1 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            double x = between(0, picture.width());
            double y = between(0, picture.height());
            double size = 1.5 + 5 * random.nextDouble();
            int parts = 3 + random.nextInt(8);
            for (int part = 0; part < parts; part++) {
                x += size * 0.45 * random.nextGaussian();
                y += size * 0.45 * random.nextGaussian();
                disc(x, y, size * between(0.35, 0.75), 1);
            }
            apply(value(0.7), between(0.75, 1), 4);
        }
    }

    /**
     * Broken emulsion, as on prints that were crumpled: cracks that are straight from afar and jagged from near, of any width
     * from place to place, with chips beside them and cracks that leave them. Rough paper shows; one side may lie in shadow.
     */
    private void cracks() {
        double width = 0.7 + 4.3 * Math.pow(random.nextDouble(), 2);
        List<Spot> spots = new ArrayList<>();
        double x = between(0, picture.width());
        double y = between(0, picture.height());
        double heading = between(0, 2 * Math.PI);
        double jag = between(0.2, 0.8);
        for (int side = 0; side < 2; side++) {
            Walker walker = new Walker(x, y, heading + side * Math.PI, jag);
            crack(walker, 160 * Math.pow(random.nextDouble(), 1.5), width, 2, spots);
        }
        if (random.nextBoolean()) {
            double side = between(0, 2 * Math.PI);
            double off = width / 2 + 0.7;
            spots.forEach(spot -> disc(
                    spot.x + off * Math.cos(side), spot.y + off * Math.sin(side), spot.radius + 0.7, spot.opacity));
            shade(between(-28, 16));
        }
        spots.forEach(spot -> disc(spot.x, spot.y, spot.radius, spot.opacity));
        apply(value(0.95), between(0.65, 1), between(2, 14));
    }

    /** A place where emulsion is gone. */
    private record Spot(double x, double y, double radius, double opacity) {}

    /** Who draws a crack: where, whither from afar, and how far each piece of the way turns from that, in radians. */
    private record Walker(double x, double y, double heading, double jag) {}

    private void crack(Walker walker, double length, double width, int branchings, List<Spot> spots) {
        double x = walker.x;
        double y = walker.y;
        double heading = walker.heading;
        double angle = heading;
        double radius = width / 2;
        double opacity = between(0.7, 1);
        for (double gone = 0; gone < length; gone += 0.5) {
            heading += 0.015 * random.nextGaussian();
            if (random.nextInt(10) == 0) {
                angle = heading + walker.jag * random.nextGaussian();
            }
            x += 0.5 * Math.cos(angle);
            y += 0.5 * Math.sin(angle);
            radius = Math.clamp(radius + 0.1 * width * random.nextGaussian(), 0.12 * width, 0.8 * width);
            opacity = Math.clamp(opacity + 0.05 * random.nextGaussian(), 0.45, 1);
            double ragged = 0.15 * width;
            spots.add(
                    new Spot(x + ragged * random.nextGaussian(), y + ragged * random.nextGaussian(), radius, opacity));
            for (int chip = random.nextInt(150); chip < 5; chip++) {
                double size = width * between(0.3, 1);
                spots.add(new Spot(x + size * random.nextGaussian(), y + size * random.nextGaussian(), size / 2, 1));
            }
            if (branchings > 0 && random.nextInt(110) == 0) {
                double turn = between(0.5, 2) * (random.nextBoolean() ? 1 : -1);
                Walker other = new Walker(x, y, heading + turn, walker.jag);
                crack(other, length * between(0.1, 0.6), width * between(0.4, 1), branchings - 1, spots);
            }
        }
    }

    /** Makes what is covered lighter or darker by so many levels, and forgets it; no damage to be painted over. */
    private void shade(double levels) {
        for (int at = 0; at < cover.length; at++) {
            add(at, levels * cover[at]);
            cover[at] = 0;
        }
        firstRow = Integer.MAX_VALUE;
        lastRow = -1;
    }

    /** A way over the picture. Gaps: the mean length of what is drawn before it breaks off, 0 for never. */
    private final class Path {
        private double x;
        private double y;
        private double angle;
        private final double length;
        private final double bend;
        private final double gaps;

        Path(double length, double bend, double gaps) {
            this(
                    between(0, picture.width()),
                    between(0, picture.height()),
                    between(0, 2 * Math.PI),
                    length,
                    bend,
                    gaps);
        }

        Path(double x, double y, double angle, double length, double bend, double gaps) {
            this.x = x;
            this.y = y;
            this.angle = angle;
            this.length = length;
            this.bend = bend;
            this.gaps = gaps;
        }
    }

    private void walk(Path path, double width, double uneven) {
        double turning = path.bend * random.nextGaussian();
        double opacity = 1;
        double thickness = width;
        boolean drawn = true;
        for (double gone = 0; gone < path.length; gone += 0.5) {
            path.x += 0.5 * Math.cos(path.angle);
            path.y += 0.5 * Math.sin(path.angle);
            path.angle += 0.5 * turning;
            turning += 0.15 * path.bend * random.nextGaussian() - 0.02 * turning;
            opacity = Math.clamp(opacity + 0.12 * uneven * random.nextGaussian(), 0.75, 1);
            thickness = Math.clamp(thickness + 0.2 * uneven * random.nextGaussian(), 0.7 * width, 1.4 * width);
            if (path.gaps > 0 && random.nextDouble() < 0.5 / path.gaps) {
                drawn = !drawn;
            }
            if (drawn) {
                disc(path.x, path.y, thickness / 2, opacity);
            }
        }
    }

    private void disc(double x, double y, double radius, double opacity) {
        // Below a pixel's width a stroke covers only a part of it.
        double full = Math.min(1, 2 * radius) * opacity;
        double outer = Math.max(radius, 0.5) + 0.5;
        for (int row = (int) Math.floor(y - outer); row <= y + outer; row++) {
            for (int column = (int) Math.floor(x - outer); column <= x + outer; column++) {
                if (row >= 0 && row < picture.height() && column >= 0 && column < picture.width()) {
                    double distance = Math.hypot(column - x, row - y);
                    float covered = (float) (full * Math.clamp(outer - distance, 0, 1));
                    int at = row * picture.width() + column;
                    cover[at] = Math.max(cover[at], covered);
                    firstRow = Math.min(firstRow, row);
                    lastRow = Math.max(lastRow, row);
                }
            }
        }
    }

    private void add(int at, double levels) {
        picture.pixels()[at] = (float) Math.clamp(picture.pixels()[at] + levels, 0, 255);
    }

    /** Lays what is covered over the picture, and forgets it. */
    private void apply(double value, double opacity, double roughness) {
        if (lastRow < 0) {
            return;
        }
        float[] pixels = picture.pixels();
        for (int at = firstRow * picture.width(); at < (lastRow + 1) * picture.width(); at++) {
            float alpha = (float) (cover[at] * opacity);
            if (cover[at] > TOUCHED) {
                double own = Math.clamp(value + roughness * random.nextGaussian(), 0, 255);
                float before = pixels[at];
                pixels[at] = (float) (before + alpha * (own - before));
                boolean seen = Math.abs(pixels[at] - before) > seenLevels;
                if (cover[at] > COVERED && seen) {
                    marks[at] = 1;
                    weights[at] = 1;
                } else if (marks[at] == 0) {
                    weights[at] = 0;
                }
            }
            cover[at] = 0;
        }
        firstRow = Integer.MAX_VALUE;
        lastRow = -1;
    }
}
