import { ChevronsLeftRight } from "lucide-react";
import { type CSSProperties, type KeyboardEvent, type PointerEvent, type ReactNode, useRef, useState } from "react";
import { text } from "../text";
import { useZoom } from "./useZoom";
import { ZoomButtons } from "./ZoomButtons";

interface CompareProps {
  before: ReactNode;
  after: ReactNode;
  label: string;
  /** Width by height of the box. */
  aspect: number;
  zoomable?: boolean;
  start?: number;
  className?: string;
}

/** Two pictures on top of each other with a handle between them. Before is left of the handle, after right of it. */
export function Compare({ before, after, label, aspect, zoomable = false, start = 50, className = "" }: CompareProps) {
  const box = useRef<HTMLDivElement>(null);
  const [split, setSplit] = useState(start);
  const sliding = useRef(false);
  const zoom = useZoom(box);
  const { scale, x, y } = zoom.view;
  const layer: CSSProperties = { transform: `translate(${x}px, ${y}px) scale(${scale})`, transformOrigin: "0 0" };

  const slideTo = (clientX: number) => {
    const rect = box.current?.getBoundingClientRect();
    if (rect !== undefined && rect.width > 0) {
      setSplit(limit(((clientX - rect.left) / rect.width) * 100));
    }
  };

  const down = (event: PointerEvent<HTMLDivElement>) => {
    const touched = event.target as Element;
    if (event.button !== 0 || touched.closest("[data-zoom-buttons]") !== null) {
      return;
    }
    const onHandle = touched.closest("[role=slider]") !== null;
    const taken = zoomable && zoom.pointers.begin(event);
    sliding.current = onHandle || !taken;
    if (sliding.current && event.pointerType === "mouse" && !onHandle) {
      slideTo(event.clientX);
    }
    event.currentTarget.setPointerCapture(event.pointerId);
  };

  const move = (event: PointerEvent<HTMLDivElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) {
      return;
    }
    if (sliding.current) {
      slideTo(event.clientX);
    } else {
      zoom.pointers.move(event);
    }
  };

  const up = (event: PointerEvent<HTMLDivElement>) => {
    zoom.pointers.end(event);
    sliding.current = false;
  };

  return (
    <div
      ref={box}
      className={`relative overflow-hidden select-none ${scale > 1 ? "cursor-grab touch-none active:cursor-grabbing" : "touch-pan-y"} ${className}`}
      style={{ aspectRatio: aspect }}
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={up}
      onPointerCancel={up}
    >
      <div className="absolute inset-0" style={layer}>
        {before}
      </div>
      <div className="absolute inset-0" style={{ clipPath: `inset(0 0 0 ${split}%)` }}>
        <div className="absolute inset-0" style={layer}>
          {after}
        </div>
      </div>
      <Tag side="left" shown={split > 16} words={text.job.before} />
      <Tag side="right" shown={split < 84} words={text.job.after} />
      <Handle split={split} label={label} onSplit={setSplit} onKey={zoomable ? zoom.onKey : undefined} />
      {zoomable && <ZoomButtons scale={scale} zoomBy={zoom.zoomBy} reset={zoom.reset} />}
    </div>
  );
}

const STEP = 2;
const LARGE_STEP = 10;

function limit(percent: number): number {
  return Math.min(100, Math.max(0, percent));
}

/** Where a key moves the handle to; undefined for keys that do not. */
function splitAfter(key: string, split: number): number | undefined {
  const moves: Record<string, number> = {
    ArrowLeft: split - STEP,
    ArrowDown: split - STEP,
    PageDown: split - LARGE_STEP,
    ArrowRight: split + STEP,
    ArrowUp: split + STEP,
    PageUp: split + LARGE_STEP,
    Home: 0,
    End: 100,
  };
  const to = moves[key];
  return to === undefined ? undefined : limit(to);
}

interface HandleProps {
  split: number;
  label: string;
  onSplit: (split: number) => void;
  /** Has the first look at a key; true when it took it. */
  onKey: ((key: string, shift: boolean) => boolean) | undefined;
}

function Handle({ split, label, onSplit, onKey }: HandleProps) {
  const key = (event: KeyboardEvent) => {
    if (onKey?.(event.key, event.shiftKey)) {
      event.preventDefault();
      return;
    }
    const to = splitAfter(event.key, split);
    if (to !== undefined) {
      event.preventDefault();
      onSplit(to);
    }
  };
  return (
    <div
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(split)}
      aria-valuetext={text.job.compareValue(Math.round(split))}
      onKeyDown={key}
      className="group absolute inset-y-0 w-12 -translate-x-1/2 cursor-ew-resize touch-none outline-none"
      style={{ left: `${split}%` }}
    >
      <span className="absolute inset-y-0 left-1/2 w-[3px] -translate-x-1/2 bg-white shadow-[0_0_6px_rgb(0_0_0/0.5)]" />
      <span className="absolute top-1/2 left-1/2 grid size-12 -translate-1/2 place-items-center rounded-full bg-white text-[#2a2018] shadow-lift transition group-hover:scale-105 group-focus-visible:ring-4 group-focus-visible:ring-flame">
        <ChevronsLeftRight size={24} aria-hidden />
      </span>
    </div>
  );
}

function Tag({ side, shown, words }: { side: "left" | "right"; shown: boolean; words: string }) {
  return (
    <span
      aria-hidden
      className={`pointer-events-none absolute top-3 rounded-full bg-[#1c140d]/75 px-3 py-1 text-sm font-semibold text-white transition-opacity ${side === "left" ? "left-3" : "right-3"} ${shown ? "" : "opacity-0"}`}
    >
      {words}
    </span>
  );
}
