import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  areaOf,
  CORNER_NAMES,
  type Corners,
  inset,
  isConvex,
  isWhole,
  moveCorner,
  type Point,
  straightenedSize,
  straightenMatrix,
} from "../../src/crop/geometry";

const anywhere = fc.record({
  x: fc.double({ min: -0.5, max: 1.5, noNaN: true }),
  y: fc.double({ min: -0.5, max: 1.5, noNaN: true }),
});
const moves = fc.array(fc.tuple(fc.constantFrom(...CORNER_NAMES), anywhere), { minLength: 1, maxLength: 30 });

function afterMoves(steps: [(typeof CORNER_NAMES)[number], Point][]): Corners {
  return steps.reduce((corners, [name, to]) => moveCorner(corners, name, to), inset(0.08));
}

/** Where a CSS matrix3d carries a point of the plane. */
function carry(matrix: string, point: Point): Point {
  const m = matrix.slice("matrix3d(".length, -1).split(",").map(Number);
  const at = (row: number) => (m[row] ?? 0) * point.x + (m[4 + row] ?? 0) * point.y + (m[12 + row] ?? 0);
  return { x: at(0) / at(3), y: at(1) / at(3) };
}

describe("the corners of a photo (WEB-01, PHO-07)", () => {
  it("stay convex and inside the picture wherever they are dragged", () => {
    fc.assert(
      fc.property(moves, (steps) => {
        const corners = afterMoves(steps);
        expect(isConvex(corners)).toBe(true);
        for (const name of CORNER_NAMES) {
          expect(corners[name].x).toBeGreaterThanOrEqual(0);
          expect(corners[name].x).toBeLessThanOrEqual(1);
          expect(corners[name].y).toBeGreaterThanOrEqual(0);
          expect(corners[name].y).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it("go exactly where they are dragged as long as that is convex", () => {
    expect(moveCorner(inset(0.08), "topLeft", { x: 0.2, y: 0.15 }).topLeft).toEqual({ x: 0.2, y: 0.15 });
  });

  it("stop on the way instead of crossing over", () => {
    const { topLeft } = moveCorner(inset(0.1), "topLeft", { x: 0.95, y: 0.95 });
    expect(topLeft.x).toBeGreaterThan(0.3);
    expect(topLeft.x).toBeLessThan(0.5);
  });

  it("touch no corner but the one that is dragged", () => {
    const before = inset(0.1);
    const after = moveCorner(before, "bottomRight", { x: 0.7, y: 0.8 });
    expect({ ...after, bottomRight: before.bottomRight }).toEqual(before);
  });

  it("are refused where they run the wrong way round, cross or enclose nothing", () => {
    const { topLeft, topRight, bottomRight, bottomLeft } = inset(0.1);
    expect(isConvex({ topLeft: topRight, topRight: topLeft, bottomRight: bottomLeft, bottomLeft: bottomRight })).toBe(
      false,
    );
    expect(isConvex({ topLeft, topRight: bottomRight, bottomRight: topRight, bottomLeft })).toBe(false);
    expect(isConvex(inset(0.49))).toBe(false);
  });

  it("know the whole picture", () => {
    expect(isWhole(inset(0))).toBe(true);
    expect(isWhole(inset(0.001))).toBe(false);
    expect(areaOf(inset(0))).toBeCloseTo(1);
  });
});

describe("the straightened preview (WEB-01)", () => {
  const picture = { width: 1200, height: 900 };
  const box = { width: 220, height: 160 };

  it("carries each corner of the photo onto a corner of its box", () => {
    fc.assert(
      fc.property(moves, (steps) => {
        const corners = afterMoves(steps);
        const matrix = straightenMatrix(corners, picture, box);
        const targets = { topLeft: [0, 0], topRight: [220, 0], bottomRight: [220, 160], bottomLeft: [0, 160] } as const;
        for (const name of CORNER_NAMES) {
          const { x, y } = carry(matrix, { x: corners[name].x * picture.width, y: corners[name].y * picture.height });
          expect(x).toBeCloseTo(targets[name][0], 1);
          expect(y).toBeCloseTo(targets[name][1], 1);
        }
      }),
    );
  });

  it("has the size of the photo's mean sides", () => {
    expect(straightenedSize(inset(0.25), picture)).toEqual({ width: 600, height: 450 });
  });
});
