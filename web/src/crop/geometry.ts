/** A point of a picture as fractions of its upright width and height. */
export interface Point {
  x: number;
  y: number;
}

export const CORNER_NAMES = ["topLeft", "topRight", "bottomRight", "bottomLeft"] as const;
export type CornerName = (typeof CORNER_NAMES)[number];

/** Where a photo lies in the picture that was taken of it: always a convex quadrilateral. */
export type Corners = Record<CornerName, Point>;

/** The smallest area, as a fraction of the picture, that corners may enclose. */
const AREA_MIN = 0.01;
/** How far each corner must stand out: three corners on one line cannot be straightened. */
const TURN_MIN = 0.004;

/** The whole picture, or less of it by a margin on each side. */
export function inset(margin: number): Corners {
  const near = margin;
  const far = 1 - margin;
  return {
    topLeft: { x: near, y: near },
    topRight: { x: far, y: near },
    bottomRight: { x: far, y: far },
    bottomLeft: { x: near, y: far },
  };
}

function cross(a: Point, b: Point, c: Point): number {
  return (b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x);
}

function ring(corners: Corners): [Point, Point, Point, Point] {
  return [corners.topLeft, corners.topRight, corners.bottomRight, corners.bottomLeft];
}

/** The area enclosed, as a fraction of the picture; negative where the corners run the wrong way round. */
export function areaOf(corners: Corners): number {
  const points = ring(corners);
  return points.reduce((sum, a, i) => sum + cross2(a, points[(i + 1) % 4] ?? a), 0) / 2;
}

function cross2(a: Point, b: Point): number {
  return a.x * b.y - b.x * a.y;
}

/** Whether the corners make a convex quadrilateral, the right way round and of some size. */
export function isConvex(corners: Corners): boolean {
  const [a, b, c, d] = ring(corners);
  const turns = [cross(a, b, c), cross(b, c, d), cross(c, d, a), cross(d, a, b)];
  return turns.every((turn) => turn >= TURN_MIN) && areaOf(corners) >= AREA_MIN;
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}

/** The corners with one of them moved as far towards a place as they stay convex and inside the picture. */
export function moveCorner(corners: Corners, name: CornerName, to: Point): Corners {
  const from = corners[name];
  const wanted = { x: clamp(to.x), y: clamp(to.y) };
  const at = (part: number): Corners => ({
    ...corners,
    [name]: { x: from.x + (wanted.x - from.x) * part, y: from.y + (wanted.y - from.y) * part },
  });
  if (isConvex(at(1))) {
    return at(1);
  }
  let good = 0;
  let bad = 1;
  for (let step = 0; step < 20; step++) {
    const middle = (good + bad) / 2;
    if (isConvex(at(middle))) {
      good = middle;
    } else {
      bad = middle;
    }
  }
  return good === 0 ? corners : at(good);
}

/** Whether these corners are those of the whole picture. */
export function isWhole(corners: Corners): boolean {
  const whole = inset(0);
  return CORNER_NAMES.every((name) => corners[name].x === whole[name].x && corners[name].y === whole[name].y);
}

interface Size {
  width: number;
  height: number;
}

function distance(a: Point, b: Point, size: Size): number {
  return Math.hypot((a.x - b.x) * size.width, (a.y - b.y) * size.height);
}

/** The size of the straightened photo: the mean of its opposite sides, in the picture's pixels. */
export function straightenedSize(corners: Corners, picture: Size): Size {
  const { topLeft, topRight, bottomRight, bottomLeft } = corners;
  return {
    width: (distance(topLeft, topRight, picture) + distance(bottomLeft, bottomRight, picture)) / 2,
    height: (distance(topLeft, bottomLeft, picture) + distance(topRight, bottomRight, picture)) / 2,
  };
}

/**
 * The CSS `matrix3d` that carries the quadrilateral of a picture of one size onto a whole box of another size, with the
 * transform origin at the top left corner.
 */
export function straightenMatrix(corners: Corners, picture: Size, box: Size): string {
  const toQuad = unitSquareTo(ring(corners).map(({ x, y }) => ({ x: x * picture.width, y: y * picture.height })));
  const [a, b, c, d, e, f, g, h, i] = adjugate(toQuad);
  // Rows scaled from the unit square to the box.
  const m = [a * box.width, b * box.width, c * box.width, d * box.height, e * box.height, f * box.height, g, h, i];
  const scale = 1 / (m[8] ?? 1);
  const n = (index: number) => ((m[index] ?? 0) * scale).toFixed(10);
  return `matrix3d(${n(0)},${n(3)},0,${n(6)},${n(1)},${n(4)},0,${n(7)},0,0,1,0,${n(2)},${n(5)},0,1)`;
}

type Matrix = [number, number, number, number, number, number, number, number, number];

/** The projective map of the unit square onto four points (Heckbert's closed form), row by row. */
function unitSquareTo(points: Point[]): Matrix {
  const [p0, p1, p2, p3] = points as [Point, Point, Point, Point];
  const dx1 = p1.x - p2.x;
  const dx2 = p3.x - p2.x;
  const dx3 = p0.x - p1.x + p2.x - p3.x;
  const dy1 = p1.y - p2.y;
  const dy2 = p3.y - p2.y;
  const dy3 = p0.y - p1.y + p2.y - p3.y;
  const determinant = dx1 * dy2 - dx2 * dy1;
  const g = (dx3 * dy2 - dx2 * dy3) / determinant;
  const h = (dx1 * dy3 - dx3 * dy1) / determinant;
  return [
    p1.x - p0.x + g * p1.x,
    p3.x - p0.x + h * p3.x,
    p0.x,
    p1.y - p0.y + g * p1.y,
    p3.y - p0.y + h * p3.y,
    p0.y,
    g,
    h,
    1,
  ];
}

/** The inverse of a projective map, up to scale. */
function adjugate([a, b, c, d, e, f, g, h, i]: Matrix): Matrix {
  return [
    e * i - f * h,
    c * h - b * i,
    b * f - c * e,
    f * g - d * i,
    a * i - c * g,
    c * d - a * f,
    d * h - e * g,
    b * g - a * h,
    a * e - b * d,
  ];
}
