import type { Point } from "../../crop/geometry";

/** The brightness of a picture on a small grid, row by row, 0 to 255. */
export interface Grid {
  width: number;
  height: number;
  brightness: Float32Array;
}

/** A spot or stroke of a colour. */
export interface Mark {
  points: readonly Point[];
  /** Red, green and blue, 0 to 255. */
  colour: readonly [number, number, number];
  /** Width as a fraction of the picture's longer side. */
  radius: number;
}

/** How far the brightness of neighbours may differ, in levels of 255, before they count as strangers. */
const ALIKE_LEVELS = 7;
const STRANGERS = 3e-4;
const KNOWN = 100;
/** What draws every point a little back to no colour, on a grid whose longer side is this. */
const GUESSED = 6e-5;
const GUESSED_SIDE = 360;
const ROUNDS_MAX = 300;
/** How far a point may still be drawn from its level, of 255, by all that is left unexplained. */
const LEFT_MAX = 4;
/** How much of a colour must come from a mark to show, and from where on there is nothing but the mark; as in the engine. */
const LITTLE = 0.1;
const MUCH = 0.6;
/** Red, green, blue, and how much of them: what is known of each point, spread each by itself. */
const CHANNELS = [0, 1, 2, 3] as const;

const at = (values: Float32Array, index: number): number => values[index] ?? 0;

/**
 * Spreads colours from where they are marked to where they are not: neighbours of like brightness get like colour (Levin,
 * Lischinski and Weiss, 2004). The built-in engine does the same on a finer grid.
 */
export class ColourSpread {
  private readonly grid: Grid;
  /** How far it is to the neighbour right, below, below right and below left, and how alike that is. */
  private readonly neighbours: readonly { step: number; alike: Float32Array }[];
  private readonly pull: number;
  /** What came out last: what comes next is mostly near it. */
  private readonly last: readonly Float32Array[];

  constructor(grid: Grid) {
    this.grid = grid;
    this.neighbours = [
      [1, 0],
      [0, 1],
      [1, 1],
      [-1, 1],
    ].map(([x = 0, y = 0]) => ({ step: y * grid.width + x, alike: alikeness(grid, x, y) }));
    this.pull = GUESSED * (GUESSED_SIDE / Math.max(grid.width, grid.height)) ** 2;
    this.last = CHANNELS.map(() => new Float32Array(grid.width * grid.height));
  }

  /** The picture's colours as far as the marks reach: red, green, blue and opacity of each point, 0 to 255. */
  spread(marks: readonly Mark[]): Uint8ClampedArray<ArrayBuffer> {
    const { width, height } = this.grid;
    const size = width * height;
    const marked = draw(marks, width, height);
    const pull = Float32Array.from(marked, (mark) => (mark < 0 ? this.pull : KNOWN));
    const diagonal = this.diagonalOf(pull);
    const solved = CHANNELS.map((channel) => {
      const values = marks.map(({ colour }) => [...colour, 255][channel] ?? 0);
      const wanted = Float32Array.from(marked, (mark) => values[mark] ?? 0);
      return this.solve(wanted, pull, diagonal, this.last[channel] ?? wanted);
    });
    const [red, green, blue, reach] = solved;
    const pixels = new Uint8ClampedArray(4 * size);
    if (marks.length === 0 || red === undefined || green === undefined || blue === undefined || reach === undefined) {
      return pixels;
    }
    for (let i = 0; i < size; i++) {
      const share = Math.max(1e-3, at(reach, i) / 255);
      pixels[4 * i] = at(red, i) / share;
      pixels[4 * i + 1] = at(green, i) / share;
      pixels[4 * i + 2] = at(blue, i) / share;
      const part = Math.min(1, Math.max(0, (at(reach, i) / 255 - LITTLE) / (MUCH - LITTLE)));
      pixels[4 * i + 3] = 255 * part * part * (3 - 2 * part);
    }
    return pixels;
  }

  /** Conjugate gradients, begun with the last result, which becomes the new one. */
  private solve(wanted: Float32Array, pull: Float32Array, diagonal: Float32Array, result: Float32Array): Float32Array {
    const size = wanted.length;
    const rest = new Float32Array(size);
    const image = new Float32Array(size);
    const direction = new Float32Array(size);
    let product = 0;
    // Begun where it must end, the marks leave little to explain, and what has changed of them is seen far away.
    for (let i = 0; i < size; i++) {
      result[i] = at(pull, i) === KNOWN ? at(wanted, i) : at(result, i);
    }
    this.multiply(result, diagonal, rest);
    for (let i = 0; i < size; i++) {
      rest[i] = at(pull, i) * at(wanted, i) - at(rest, i);
      direction[i] = at(rest, i) / at(diagonal, i);
      product += at(rest, i) * at(direction, i);
    }
    for (let round = 0; round < ROUNDS_MAX && product > 0; round++) {
      this.multiply(direction, diagonal, image);
      let along = 0;
      for (let i = 0; i < size; i++) {
        along += at(direction, i) * at(image, i);
      }
      const step = product / along;
      let next = 0;
      let left = 0;
      for (let i = 0; i < size; i++) {
        result[i] = at(result, i) + step * at(direction, i);
        const remains = at(rest, i) - step * at(image, i);
        rest[i] = remains;
        left += remains * remains;
        next += (remains * remains) / at(diagonal, i);
      }
      if (left <= size * (this.pull * LEFT_MAX) ** 2) {
        break;
      }
      const share = next / product;
      product = next;
      for (let i = 0; i < size; i++) {
        direction[i] = at(rest, i) / at(diagonal, i) + share * at(direction, i);
      }
    }
    return result;
  }

  private diagonalOf(pull: Float32Array): Float32Array {
    const diagonal = Float32Array.from(pull);
    for (const { step, alike } of this.neighbours) {
      for (let i = 0; i < alike.length - step; i++) {
        diagonal[i] = at(diagonal, i) + at(alike, i);
        diagonal[i + step] = at(diagonal, i + step) + at(alike, i);
      }
    }
    return diagonal;
  }

  private multiply(vector: Float32Array, diagonal: Float32Array, product: Float32Array): void {
    for (let i = 0; i < vector.length; i++) {
      product[i] = at(diagonal, i) * at(vector, i);
    }
    for (const { step, alike } of this.neighbours) {
      for (let i = 0; i < alike.length - step; i++) {
        const likeness = at(alike, i);
        if (likeness > 0) {
          product[i] = at(product, i) - likeness * at(vector, i + step);
          product[i + step] = at(product, i + step) - likeness * at(vector, i);
        }
      }
    }
  }
}

/** How alike each point is to the one so far right and below; 0 where there is none. */
function alikeness({ width, height, brightness }: Grid, right: number, below: number): Float32Array {
  const alike = new Float32Array(width * height);
  for (let y = 0; y < height - below; y++) {
    for (let x = Math.max(0, -right); x < width - Math.max(0, right); x++) {
      const i = y * width + x;
      const difference = at(brightness, i) - at(brightness, i + below * width + right);
      alike[i] = Math.max(STRANGERS, Math.exp((-difference * difference) / (2 * ALIKE_LEVELS * ALIKE_LEVELS)));
    }
  }
  return alike;
}

/** Which mark lies on each point, the last of several; -1 for none. */
function draw(marks: readonly Mark[], width: number, height: number): Int16Array {
  const marked = new Int16Array(width * height).fill(-1);
  marks.forEach(({ points, radius }, mark) => {
    const reach = Math.max(0.8, (radius * Math.max(width, height)) / 2);
    const dot = (x: number, y: number) => {
      for (let row = Math.max(0, Math.floor(y - reach)); row <= Math.min(height - 1, y + reach); row++) {
        for (let column = Math.max(0, Math.floor(x - reach)); column <= Math.min(width - 1, x + reach); column++) {
          if (Math.hypot(column + 0.5 - x, row + 0.5 - y) <= reach) {
            marked[row * width + column] = mark;
          }
        }
      }
    };
    let before = points[0];
    for (const point of points) {
      const from = before ?? point;
      const steps = Math.max(
        1,
        Math.ceil(Math.hypot((point.x - from.x) * width, (point.y - from.y) * height) / Math.max(0.5, reach / 2)),
      );
      for (let step = 0; step <= steps; step++) {
        const share = step / steps;
        dot((from.x + share * (point.x - from.x)) * width, (from.y + share * (point.y - from.y)) * height);
      }
      before = point;
    }
  });
  return marked;
}
