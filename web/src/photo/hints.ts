import type { Point } from "../crop/geometry";
import { HINTS_MAX, type Hint, simplify } from "./options";

/** Strokes shorter than this, as a fraction of the picture, are taps of an unsteady finger. */
const TAP_MAX = 0.012;

/** True if that stroke went nowhere; on a picture shown so many times as large, fingers shake less. */
export function isTap(points: readonly Point[], scale = 1): boolean {
  const first = points[0];
  return (
    first === undefined || points.every((point) => Math.hypot(point.x - first.x, point.y - first.y) <= TAP_MAX / scale)
  );
}

/** The hint that a tap or stroke makes. */
export function hintFrom(
  points: readonly Point[],
  brush: Pick<Hint, "colour" | "radius">,
  id: number,
  scale = 1,
): Hint | null {
  const first = points[0];
  if (first === undefined) {
    return null;
  }
  return { ...brush, id, points: isTap(points, scale) ? [first] : simplify(points, 0.002 / scale) };
}

export function add(hints: readonly Hint[], hint: Hint): readonly Hint[] {
  return hints.length >= HINTS_MAX ? hints : [...hints, hint];
}

export function nextId(hints: readonly Hint[]): number {
  return hints.reduce((highest, { id }) => Math.max(highest, id), 0) + 1;
}

export function remove(hints: readonly Hint[], id: number): readonly Hint[] {
  return hints.filter((hint) => hint.id !== id);
}

export function change(
  hints: readonly Hint[],
  id: number,
  change: Partial<Pick<Hint, "colour" | "radius">>,
): readonly Hint[] {
  return hints.map((hint) => (hint.id === id ? { ...hint, ...change } : hint));
}

/** Moves a whole hint as far as all of it stays on the picture. */
export function moveBy(hints: readonly Hint[], id: number, dx: number, dy: number): readonly Hint[] {
  return hints.map((hint) => {
    if (hint.id !== id) {
      return hint;
    }
    const xs = hint.points.map(({ x }) => x);
    const ys = hint.points.map(({ y }) => y);
    const x = Math.min(1 - Math.max(...xs), Math.max(-Math.min(...xs), dx));
    const y = Math.min(1 - Math.max(...ys), Math.max(-Math.min(...ys), dy));
    return { ...hint, points: hint.points.map((point) => ({ x: point.x + x, y: point.y + y })) };
  });
}

/** Where the handle of a hint sits: the middle of its stroke. */
export function middleOf(hint: Hint): Point {
  return hint.points[Math.floor((hint.points.length - 1) / 2)] ?? { x: 0.5, y: 0.5 };
}
