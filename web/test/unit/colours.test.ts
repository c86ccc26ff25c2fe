import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ColourSpread, type Grid, type Mark } from "../../src/photo/colours/spread";

const WIDTH = 60;
const HEIGHT = 40;
const RED = [200, 30, 30] as const;
const BLUE = [30, 60, 200] as const;

/** Dark on the left, light on the right. */
const HALVES: Grid = {
  width: WIDTH,
  height: HEIGHT,
  brightness: Float32Array.from({ length: WIDTH * HEIGHT }, (_, i) => (i % WIDTH < WIDTH / 2 ? 90 : 180)),
};

function mark(x: number, y: number, colour: Mark["colour"]): Mark {
  return { points: [{ x, y }], colour, radius: 0.03 };
}

function pixel(pixels: Uint8ClampedArray, x: number, y: number): number[] {
  const i = 4 * (y * WIDTH + x);
  return [...pixels.slice(i, i + 4)];
}

describe("the preview of colours (AI-07)", () => {
  it("fills what is as bright and stops at the edge", () => {
    const pixels = new ColourSpread(HALVES).spread([mark(0.2, 0.5, RED)]);
    for (const y of [1, 20, 38]) {
      const [red = 0, green = 255, , reach = 0] = pixel(pixels, 27, y);
      expect(reach, "reach beside the edge").toBeGreaterThan(150);
      expect(red).toBeGreaterThan(180);
      expect(green).toBeLessThan(50);
      expect(pixel(pixels, 33, y)[3], "reach beyond the edge").toBeLessThan(20);
    }
  });

  it("shows each side in its own colour, the newer mark where two lie on each other", () => {
    const spread = new ColourSpread(HALVES);
    const pixels = spread.spread([mark(0.2, 0.5, BLUE), mark(0.2, 0.5, RED), mark(0.8, 0.5, BLUE)]);
    expect(pixel(pixels, 25, 5)[0]).toBeGreaterThan(150);
    expect(pixel(pixels, 35, 5)[2]).toBeGreaterThan(150);
    expect(pixel(pixels, 35, 5)[0]).toBeLessThan(90);
  });

  it("shows the same however it came to these marks", () => {
    const marks = [mark(0.2, 0.5, RED), mark(0.8, 0.2, BLUE)];
    const fresh = new ColourSpread(HALVES).spread(marks);
    const used = new ColourSpread(HALVES);
    used.spread([mark(0.5, 0.9, BLUE)]);
    used.spread([mark(0.8, 0.5, RED), mark(0.1, 0.1, [255, 255, 255])]);
    const again = used.spread(marks);
    let farthest = 0;
    for (let i = 3; i < again.length; i += 4) {
      farthest = Math.max(farthest, Math.abs((again[i] ?? 0) - (fresh[i] ?? 0)));
    }
    expect(farthest).toBeLessThan(12);
  });

  it("shows a mark's own colour wherever it shows one, also after the mark has changed", () => {
    // Folds, through which colours come slowly.
    const brightness = Float32Array.from(
      { length: 160 * 100 },
      (_, i) => 120 + 45 * Math.sin((i % 160) / 2) + 20 * Math.sin(i / 640),
    );
    const spread = new ColourSpread({ width: 160, height: 100, brightness });
    spread.spread([mark(0.3, 0.5, [217, 138, 61])]);
    const pixels = spread.spread([mark(0.3, 0.5, [44, 74, 124])]);
    let shown = 0;
    for (let i = 0; i < pixels.length; i += 4) {
      if ((pixels[i + 3] ?? 0) > 25) {
        shown++;
        expect(Math.abs((pixels[i] ?? 0) - 44), `red of point ${i / 4}`).toBeLessThan(8);
        expect(Math.abs((pixels[i + 2] ?? 0) - 124), `blue of point ${i / 4}`).toBeLessThan(8);
      }
    }
    expect(shown).toBeGreaterThan(200);
  });

  it("shows nothing without marks", () => {
    const spread = new ColourSpread(HALVES);
    spread.spread([mark(0.2, 0.5, RED)]);
    expect(spread.spread([]).every((value) => value === 0)).toBe(true);
  });

  it("makes a picture of every grid and every marks", () => {
    const part = fc.double({ min: 0, max: 1, noNaN: true });
    const byte = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.array(byte, { minLength: 81, maxLength: 81 }),
        fc.array(
          fc.record({
            points: fc.array(fc.record({ x: part, y: part }), { minLength: 1, maxLength: 4 }),
            colour: fc.tuple(byte, byte, byte),
            radius: fc.double({ min: 0, max: 0.5, noNaN: true }),
          }),
          { maxLength: 4 },
        ),
        (width, height, bytes, marks) => {
          const brightness = Float32Array.from(bytes.slice(0, width * height));
          const pixels = new ColourSpread({ width, height, brightness }).spread(marks);
          expect(pixels).toHaveLength(4 * width * height);
          marks.slice(-1).forEach(({ points: [{ x, y } = { x: 0, y: 0 }], colour }) => {
            const column = Math.min(width - 1, Math.floor(x * width));
            const row = Math.min(height - 1, Math.floor(y * height));
            const [red = 0, , , reach = 0] = pixels.slice(4 * (row * width + column));
            expect(reach).toBeGreaterThan(200);
            expect(Math.abs(red - colour[0])).toBeLessThan(60);
          });
        },
      ),
    );
  });
});
