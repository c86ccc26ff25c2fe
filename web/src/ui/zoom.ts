/** How a picture is looked at: its scale, and where its top left corner lies in the box, in pixels. */
export interface View {
  scale: number;
  x: number;
  y: number;
}

export interface Box {
  width: number;
  height: number;
}

export const WHOLE: View = { scale: 1, x: 0, y: 0 };
export const SCALE_MAX = 8;

function limit(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/** The nearest view that leaves no gap between the picture and its box. */
export function settle(view: View, box: Box): View {
  const scale = limit(view.scale, 1, SCALE_MAX);
  return {
    scale,
    x: limit(view.x, box.width * (1 - scale), 0),
    y: limit(view.y, box.height * (1 - scale), 0),
  };
}

/** Zooms by a factor and keeps what lies under a point of the box where it is. */
export function zoomAt(view: View, box: Box, at: { x: number; y: number }, factor: number): View {
  const scale = limit(view.scale * factor, 1, SCALE_MAX);
  const ratio = scale / view.scale;
  return settle({ scale, x: at.x - (at.x - view.x) * ratio, y: at.y - (at.y - view.y) * ratio }, box);
}

export function panBy(view: View, box: Box, dx: number, dy: number): View {
  return settle({ ...view, x: view.x + dx, y: view.y + dy }, box);
}
