import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import type { Point } from "../crop/geometry";
import { arrowStep } from "../lib/arrows";
import { text } from "../text";
import type { Zoom } from "../ui/useZoom";
import { add, hintFrom, isTap, middleOf, moveBy, nextId, remove } from "./hints";
import { type Hint, RADII } from "./options";
import type { Hinting } from "./useHinting";

export function colourName(colour: string): string {
  return text.colours[colour] ?? colour;
}

interface HintsLayerProps {
  hinting: Hinting;
  /** Width by height of the picture. */
  aspect: number;
  /** How the picture is looked at: two fingers change that. */
  zoom: Zoom;
}

/** The hints on top of the picture: taps and strokes make new ones, a tap on a handle selects it, and then it can be moved. */
export function HintsLayer({ hinting, aspect, zoom }: HintsLayerProps) {
  const { hints, selected, colour, width, editing, set, drag, select } = hinting;
  const { scale } = zoom.view;
  const layer = useRef<HTMLDivElement>(null);
  const [stroke, setStroke] = useState<Point[] | null>(null);
  const moved = useRef<{ id: number; last: Point; begun: boolean } | null>(null);
  /** The handle on which a stroke began. */
  const touched = useRef<number | null>(null);
  const fingers = useRef(new Map<number, PointerEvent>());
  const pinching = useRef(false);

  const pointOf = (event: PointerEvent): Point => {
    const rect = layer.current?.getBoundingClientRect() ?? new DOMRect(0, 0, 1, 1);
    const part = (value: number) => Math.min(1, Math.max(0, value));
    return { x: part((event.clientX - rect.left) / rect.width), y: part((event.clientY - rect.top) / rect.height) };
  };

  const down = (event: PointerEvent<HTMLDivElement>) => {
    if (!editing || event.button !== 0) {
      return;
    }
    event.currentTarget.setPointerCapture(event.pointerId);
    fingers.current.set(event.pointerId, event);
    if (fingers.current.size > 1) {
      pinching.current = true;
      setStroke(null);
      moved.current = null;
      for (const finger of fingers.current.values()) {
        zoom.pointers.begin(finger);
      }
      return;
    }
    const handle = (event.target as Element).closest<HTMLElement>("[data-hint]");
    const id = handle === null ? null : Number(handle.dataset.hint);
    if (id !== null && id === selected) {
      moved.current = { id, last: pointOf(event), begun: false };
    } else {
      touched.current = id;
      setStroke([pointOf(event)]);
    }
  };

  const move = (event: PointerEvent<HTMLDivElement>) => {
    const at = pointOf(event);
    if (fingers.current.has(event.pointerId)) {
      fingers.current.set(event.pointerId, event);
    }
    if (pinching.current) {
      zoom.pointers.move(event);
    } else if (moved.current !== null) {
      const { id, last, begun } = moved.current;
      if (!begun && isTap([last, at], scale)) {
        return;
      }
      (begun ? drag : set)(moveBy(hints, id, at.x - last.x, at.y - last.y));
      moved.current = { id, last: at, begun: true };
    } else if (stroke !== null) {
      setStroke([...stroke, at]);
    }
  };

  const end = (event: PointerEvent, keep: boolean) => {
    fingers.current.delete(event.pointerId);
    if (pinching.current) {
      zoom.pointers.end(event);
      pinching.current = fingers.current.size > 0;
      return;
    }
    if (moved.current !== null && !moved.current.begun) {
      select(null);
    }
    moved.current = null;
    setStroke(null);
    if (stroke === null || !keep) {
      return;
    }
    if (touched.current !== null && isTap(stroke, scale)) {
      select(touched.current);
      return;
    }
    const hint = hintFrom(stroke, { colour, radius: RADII[width] }, nextId(hints), scale);
    if (hint !== null) {
      set(add(hints, hint));
      select(null);
    }
  };

  const drawn = stroke === null ? hints : [...hints, { id: 0, points: stroke, colour, radius: RADII[width] }];
  return (
    <div
      ref={layer}
      className={`absolute inset-0 ${editing ? "cursor-crosshair touch-none" : "pointer-events-none"}`}
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={(event) => end(event, true)}
      onPointerCancel={(event) => end(event, false)}
    >
      <Strokes hints={drawn} aspect={aspect} />
      {hints.map((hint, index) => (
        <HintHandle key={hint.id} hint={hint} number={index + 1} hinting={hinting} scale={scale} />
      ))}
    </div>
  );
}

/** The strokes as they were drawn; points have their handle only. */
function Strokes({ hints, aspect }: { hints: readonly Hint[]; aspect: number }) {
  // The picture's longer side is 100 wide here, so that widths are percentages of it.
  const box = aspect >= 1 ? { width: 100, height: 100 / aspect } : { width: 100 * aspect, height: 100 };
  return (
    <svg viewBox={`0 0 ${box.width} ${box.height}`} className="absolute inset-0 size-full" aria-hidden>
      {hints
        .filter(({ points }) => points.length > 1)
        .map(({ id, points, colour, radius }) => (
          <polyline
            key={id}
            points={points.map(({ x, y }) => `${x * box.width},${y * box.height}`).join(" ")}
            fill="none"
            stroke={colour}
            strokeOpacity="0.75"
            strokeWidth={Math.max(0.8, radius * 100)}
            strokeLinecap="round"
            strokeLinejoin="round"
          />
        ))}
    </svg>
  );
}

interface HintHandleProps {
  hint: Hint;
  /** Counted from 1. */
  number: number;
  hinting: Hinting;
  /** How many times as large the picture is shown; handles are not. */
  scale: number;
}

function HintHandle({ hint, number, hinting, scale }: HintHandleProps) {
  const { hints, selected, editing, set, select } = hinting;
  const at = middleOf(hint);
  const key = (event: KeyboardEvent) => {
    const step = arrowStep(event);
    if (step !== null) {
      event.preventDefault();
      set(moveBy(hints, hint.id, step.x, step.y));
    } else if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      set(remove(hints, hint.id));
      select(null);
    }
  };
  return (
    <button
      type="button"
      data-hint={hint.id}
      aria-roledescription={text.photo.hintRole}
      aria-label={text.photo.hintAt(number, colourName(hint.colour), Math.round(at.x * 100), Math.round(at.y * 100))}
      aria-pressed={selected === hint.id}
      tabIndex={editing ? 0 : -1}
      onFocus={(event) => event.currentTarget.matches(":focus-visible") && select(hint.id)}
      onKeyDown={key}
      className="absolute grid size-9 -translate-1/2 touch-none place-items-center rounded-full"
      style={{ left: `${at.x * 100}%`, top: `${at.y * 100}%`, scale: String(1 / scale) }}
    >
      <span
        className={`rounded-full border-2 border-white shadow-[0_0_0_1.5px_#2a2018,0_1px_5px_rgb(0_0_0/0.5)] transition-all ${selected === hint.id && editing ? "size-7" : "size-4.5"}`}
        style={{ background: hint.colour }}
      />
    </button>
  );
}
