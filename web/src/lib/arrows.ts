import type { Point } from "../crop/geometry";

const DIRECTIONS: Record<string, Point> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/** How far an arrow key moves something, as fractions of a picture; further with Shift. Null for other keys. */
export function arrowStep(event: { key: string; shiftKey: boolean }): Point | null {
  const direction = DIRECTIONS[event.key];
  const step = event.shiftKey ? 0.03 : 0.004;
  return direction === undefined ? null : { x: direction.x * step, y: direction.y * step };
}
