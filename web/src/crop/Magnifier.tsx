import { useEffect, useRef } from "react";
import type { Point } from "./geometry";

const SIZE = 132;
const SCALE = 3;
/** Far enough from the corner to show beside a thumb. */
const DISTANCE = 104;

interface MagnifierProps {
  image: HTMLImageElement;
  /** What to show, as fractions of the picture. */
  at: Point;
}

/** The surroundings of a corner, larger, where the finger does not hide them. */
export function Magnifier({ image, at }: MagnifierProps) {
  const canvas = useRef<HTMLCanvasElement>(null);

  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (context == null) {
      return;
    }
    const density = Math.min(3, window.devicePixelRatio || 1);
    const pixels = SIZE * density;
    context.canvas.width = pixels;
    context.canvas.height = pixels;
    context.fillStyle = "#17120d";
    context.fillRect(0, 0, pixels, pixels);
    // How many of the picture's own pixels the lens shows across.
    const across = (SIZE / SCALE / image.clientWidth) * image.naturalWidth;
    const factor = pixels / across;
    const left = at.x * image.naturalWidth - across / 2;
    const top = at.y * image.naturalHeight - across / 2;
    context.setTransform(factor, 0, 0, factor, -left * factor, -top * factor);
    context.drawImage(image, 0, 0);
  }, [image, at]);

  const x = at.x * image.clientWidth;
  const y = at.y * image.clientHeight;
  const above = y > DISTANCE + SIZE / 2 - 40;
  const left = Math.min(image.clientWidth - SIZE / 2, Math.max(SIZE / 2, x));
  return (
    <div
      aria-hidden
      className="pointer-events-none absolute z-10 overflow-hidden rounded-full border-4 border-white shadow-lift"
      style={{
        width: SIZE,
        height: SIZE,
        left: left - SIZE / 2,
        top: (above ? y - DISTANCE : y + DISTANCE) - SIZE / 2,
      }}
    >
      <canvas ref={canvas} className="size-full" />
      <span className="absolute top-1/2 left-0 h-px w-full bg-[#f3a62b]" />
      <span className="absolute top-0 left-1/2 h-full w-px bg-[#f3a62b]" />
    </div>
  );
}
