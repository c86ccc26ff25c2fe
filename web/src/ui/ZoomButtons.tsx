import { Maximize, ZoomIn, ZoomOut } from "lucide-react";
import { text } from "../text";
import { SCALE_MAX } from "./zoom";

interface ZoomButtonsProps {
  scale: number;
  zoomBy: (factor: number) => void;
  reset: () => void;
}

const LOOK = "grid size-11 place-items-center text-white hover:bg-white/20 disabled:opacity-40";

export function ZoomButtons({ scale, zoomBy, reset }: ZoomButtonsProps) {
  return (
    <div data-zoom-buttons className="absolute right-3 bottom-3 flex overflow-hidden rounded-full bg-[#1c140d]/75">
      <button
        type="button"
        className={LOOK}
        aria-label={text.job.zoomOut}
        disabled={scale <= 1}
        onClick={() => zoomBy(1 / 1.6)}
      >
        <ZoomOut size={20} aria-hidden />
      </button>
      <button type="button" className={LOOK} aria-label={text.job.zoomReset} disabled={scale <= 1} onClick={reset}>
        <Maximize size={18} aria-hidden />
      </button>
      <button
        type="button"
        className={LOOK}
        aria-label={text.job.zoomIn}
        disabled={scale >= SCALE_MAX}
        onClick={() => zoomBy(1.6)}
      >
        <ZoomIn size={20} aria-hidden />
      </button>
    </div>
  );
}
