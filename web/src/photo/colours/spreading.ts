import { type Hint, rgbOf } from "../options";
import type { Grid, Mark } from "./spread";
import type { Ask } from "./worker";

/** Points of the longer side. Colours need few: the photo below has the edges. */
const SIDE_MAX = 160;

/** Works out beside the page how the colours of hints spread over one picture, always for the newest hints. */
export class Spreading {
  private readonly worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  private readonly ready: Promise<Grid>;
  private newest: readonly Hint[] | null = null;
  private busy = true;

  constructor(photo: Blob, show: (picture: ImageData) => void) {
    this.ready = gridOf(photo);
    this.ready.then(
      (grid) => {
        this.worker.onmessage = ({ data }: MessageEvent<Uint8ClampedArray<ArrayBuffer>>) => {
          show(new ImageData(data, grid.width, grid.height));
          this.next();
        };
        this.ask({ grid });
        this.next();
      },
      // A picture this browser cannot read is shown without the colours.
      () => this.close(),
    );
  }

  /** Shows these hints as soon as what is being worked out is done. */
  spread(hints: readonly Hint[]): void {
    this.newest = hints;
    if (!this.busy) {
      this.next();
    }
  }

  close(): void {
    this.worker.terminate();
  }

  private next(): void {
    this.busy = this.newest !== null;
    if (this.newest !== null) {
      this.ask({ marks: this.newest.map(markOf) });
      this.newest = null;
    }
  }

  private ask(ask: Ask): void {
    this.worker.postMessage(ask);
  }
}

function markOf({ points, colour, radius }: Hint): Mark {
  const rgb = rgbOf(colour);
  return { points, colour: [rgb >> 16, (rgb >> 8) & 255, rgb & 255], radius };
}

/** A picture's brightness, much reduced. */
async function gridOf(photo: Blob): Promise<Grid> {
  const bitmap = await createImageBitmap(photo);
  const scale = Math.min(1, SIDE_MAX / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) {
    throw new Error("This browser has no canvas.");
  }
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  const brightness = Float32Array.from(
    { length: width * height },
    (_, i) => 0.299 * (data[4 * i] ?? 0) + 0.587 * (data[4 * i + 1] ?? 0) + 0.114 * (data[4 * i + 2] ?? 0),
  );
  return { width, height, brightness };
}
