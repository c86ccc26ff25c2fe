import { ColourSpread, type Grid, type Mark } from "./spread";

/** What the page asks for: first a picture, then its colours for these marks. */
export type Ask = { grid: Grid } | { marks: readonly Mark[] };

let spread: ColourSpread | null = null;

self.onmessage = ({ data }: MessageEvent<Ask>) => {
  if ("grid" in data) {
    spread = new ColourSpread(data.grid);
  } else if (spread !== null) {
    const pixels = spread.spread(data.marks);
    self.postMessage(pixels, { transfer: [pixels.buffer] });
  }
};
