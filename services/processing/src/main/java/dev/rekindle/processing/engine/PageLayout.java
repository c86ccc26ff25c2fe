package dev.rekindle.processing.engine;

import dev.rekindle.processing.picture.PictureSize;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Where photos lie on a page of an album: whole, in rows and columns that end flush, with the same space between all. Of the
 * ways to lay them out that is taken whose page is nearest to the shape of a page and whose photos differ least in size.
 *
 * @param page size of the page
 * @param prints where each photo lies with its white rim, in their order
 * @param rim pixels of the rim on each side
 */
record PageLayout(PictureSize page, List<Spot> prints, int rim) {
    private static final double PAGE_SHAPE = 1.35;
    private static final double BALANCE = 0.25;
    private static final double MARGIN = 0.05;
    private static final double GAP = 0.03;
    private static final double RIM = 0.011;

    PageLayout {
        prints = List.copyOf(prints);
    }

    /** A rectangle on the page, in pixels. */
    record Spot(int left, int top, int width, int height) {}

    /** A photo, or some of them side by side or one below the other. */
    private sealed interface Block {
        record Photo(int index) implements Block {}

        record Row(List<Block> parts) implements Block {}

        record Column(List<Block> parts) implements Block {}
    }

    /** Space around the page and between prints, and the rim of a print. */
    private record Space(double margin, double gap, double rim) {
        static Space of(PictureSize box) {
            double side = Math.min(box.width(), box.height());
            return new Space(MARGIN * side, GAP * side, Math.max(1, Math.round(RIM * side)));
        }
    }

    /** The width of a block follows from its height: width = grows × height + fixed. */
    private record Width(double grows, double fixed) {}

    /**
     * Lays photos of these sizes out.
     *
     * @param box what the page must fit into, turned either way
     */
    static PageLayout of(List<PictureSize> photos, PictureSize box) {
        return candidates(photos.size()).stream()
                .map(block -> of(block, photos, box))
                .min(Comparator.comparingDouble(layout -> layout.cost()))
                .orElseThrow();
    }

    private static List<Block> candidates(int count) {
        List<Block> photos = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            photos.add(new Block.Photo(i));
        }
        List<Block> all = new ArrayList<>(List.of(new Block.Row(photos), new Block.Column(photos)));
        for (int first = 1; first < count; first++) {
            List<Block> before = photos.subList(0, first);
            List<Block> after = photos.subList(first, count);
            all.add(new Block.Row(List.of(column(before), column(after))));
            all.add(new Block.Column(List.of(row(before), row(after))));
        }
        return all;
    }

    private static Block column(List<Block> parts) {
        return parts.size() == 1 ? parts.getFirst() : new Block.Column(parts);
    }

    private static Block row(List<Block> parts) {
        return parts.size() == 1 ? parts.getFirst() : new Block.Row(parts);
    }

    /** The largest page of that kind in the box, or the one on which no photo has to be enlarged, where that is smaller. */
    private static PageLayout of(Block block, List<PictureSize> photos, PictureSize box) {
        PictureSize within = box;
        PageLayout layout = filling(block, photos, within);
        double least = layout.leastEnlarged(photos);
        if (least > 1) {
            within = new PictureSize((int) Math.max(1, box.width() / least), (int) Math.max(1, box.height() / least));
            layout = filling(block, photos, within);
        }
        return layout;
    }

    private static PageLayout filling(Block block, List<PictureSize> photos, PictureSize wide) {
        Space space = Space.of(wide);
        Width width = width(block, photos, space);
        double shape = width.grows();
        PictureSize box = shape >= 1 ? wide : wide.turned();
        double inside = box.height() - 2 * space.margin();
        double height = Math.min(inside, (box.width() - 2 * space.margin() - width.fixed()) / width.grows());
        double across = width.grows() * height + width.fixed();
        Spot[] prints = new Spot[photos.size()];
        place(block, new double[] {space.margin(), space.margin(), across, height}, photos, space, prints);
        PictureSize page = new PictureSize(
                Math.clamp(Math.round(across + 2 * space.margin()), 1, box.width()),
                Math.clamp(Math.round(height + 2 * space.margin()), 1, box.height()));
        return new PageLayout(page, List.of(prints), (int) space.rim());
    }

    private static Width width(Block block, List<PictureSize> photos, Space space) {
        return switch (block) {
            case Block.Photo photo -> {
                PictureSize size = photos.get(photo.index());
                double shape = (double) size.width() / size.height();
                yield new Width(shape, 2 * space.rim() * (1 - shape));
            }
            case Block.Row row -> {
                double grows = 0;
                double fixed = space.gap() * (row.parts().size() - 1);
                for (Block part : row.parts()) {
                    Width width = width(part, photos, space);
                    grows += width.grows();
                    fixed += width.fixed();
                }
                yield new Width(grows, fixed);
            }
            case Block.Column column -> {
                double inverse = 0;
                double fixed = -space.gap() * (column.parts().size() - 1);
                for (Block part : column.parts()) {
                    Width width = width(part, photos, space);
                    inverse += 1 / width.grows();
                    fixed += width.fixed() / width.grows();
                }
                yield new Width(1 / inverse, fixed / inverse);
            }
        };
    }

    /** @param area left, top, width, height */
    private static void place(Block block, double[] area, List<PictureSize> photos, Space space, Spot[] prints) {
        switch (block) {
            case Block.Photo photo -> {
                int left = (int) Math.round(area[0]);
                int top = (int) Math.round(area[1]);
                prints[photo.index()] = new Spot(
                        left,
                        top,
                        (int) Math.round(area[0] + area[2]) - left,
                        (int) Math.round(area[1] + area[3]) - top);
            }
            case Block.Row row -> {
                double left = area[0];
                for (Block part : row.parts()) {
                    Width width = width(part, photos, space);
                    double own = width.grows() * area[3] + width.fixed();
                    place(part, new double[] {left, area[1], own, area[3]}, photos, space, prints);
                    left += own + space.gap();
                }
            }
            case Block.Column column -> {
                double top = area[1];
                for (Block part : column.parts()) {
                    Width width = width(part, photos, space);
                    double own = (area[2] - width.fixed()) / width.grows();
                    place(part, new double[] {area[0], top, area[2], own}, photos, space, prints);
                    top += own + space.gap();
                }
            }
        }
    }

    /** The photo itself, within the rim of its print. */
    Spot photo(int index) {
        Spot print = prints.get(index);
        return new Spot(
                print.left() + rim,
                print.top() + rim,
                Math.max(1, print.width() - 2 * rim),
                Math.max(1, print.height() - 2 * rim));
    }

    private double leastEnlarged(List<PictureSize> photos) {
        double least = Double.MAX_VALUE;
        for (int i = 0; i < photos.size(); i++) {
            least = Math.min(least, (double) photo(i).width() / photos.get(i).width());
        }
        return least;
    }

    private double cost() {
        double smallest = Double.MAX_VALUE;
        double largest = 1;
        for (int i = 0; i < prints.size(); i++) {
            double area = (double) photo(i).width() * photo(i).height();
            smallest = Math.min(smallest, area);
            largest = Math.max(largest, area);
        }
        double shape = (double) page.width() / page.height();
        return Math.abs(Math.log(shape / PAGE_SHAPE)) + BALANCE * Math.log(largest / smallest);
    }
}
