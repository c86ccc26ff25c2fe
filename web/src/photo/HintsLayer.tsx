import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import type { Point } from "../crop/geometry";
import { arrowStep } from "../lib/arrows";
import { text } from "../text";
import { add, hintFrom, middleOf, moveBy, nextId, remove } from "./hints";
import { type Hint, RADII } from "./options";
import type { Hinting } from "./useHinting";

export function colourName(colour: string): string {
  return text.colours[colour] ?? colour;
}

interface HintsLayerProps {
  hinting: Hinting;
  /** Width by height of the picture. */
  aspect: number;
}

/** The hints on top of the picture: taps and strokes make new ones, handles move them. */
export function HintsLayer({ hinting, aspect }: HintsLayerProps) {
  const { hints, colour, width, editing, set, select } = hinting;
  const layer = useRef<HTMLDivElement>(null);
  const [stroke, setStroke] = useState<Point[] | null>(null);
  const moved = useRef<{ id: number; last: Point } | null>(null);

  const pointOf = (event: PointerEvent): Point => {
    const rect = layer.current?.getBoundingClientRect() ?? new DOMRect(0, 0, 1, 1);
    const part = (value: number) => Math.min(1, Math.max(0, value));
    return { x: part((event.clientX - rect.left) / rect.width), y: part((event.clientY - rect.top) / rect.height) };
  };

  const down = (event: PointerEvent<HTMLDivElement>) => {
    if (!editing || event.button !== 0) {
      return;
    }
    const handle = (event.target as Element).closest<HTMLElement>("[data-hint]");
    event.currentTarget.setPointerCapture(event.pointerId);
    if (handle === null) {
      setStroke([pointOf(event)]);
    } else {
      const id = Number(handle.dataset.hint);
      select(id);
      moved.current = { id, last: pointOf(event) };
    }
  };

  const move = (event: PointerEvent<HTMLDivElement>) => {
    const at = pointOf(event);
    if (moved.current !== null) {
      const { id, last } = moved.current;
      set(moveBy(hints, id, at.x - last.x, at.y - last.y));
      moved.current = { id, last: at };
    } else if (stroke !== null) {
      setStroke([...stroke, at]);
    }
  };

  const end = (keep: boolean) => {
    moved.current = null;
    const hint = stroke === null || !keep ? null : hintFrom(stroke, colour, RADII[width], nextId(hints));
    setStroke(null);
    if (hint !== null) {
      set(add(hints, hint));
      select(hint.id);
    }
  };

  const drawn = stroke === null ? hints : [...hints, { id: 0, points: stroke, colour, radius: RADII[width] }];
  return (
    <div
      ref={layer}
      className={`absolute inset-0 ${editing ? "cursor-crosshair touch-none" : "pointer-events-none"}`}
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={() => end(true)}
      onPointerCancel={() => end(false)}
    >
      <Strokes hints={drawn} aspect={aspect} />
      {hints.map((hint, index) => (
        <HintHandle key={hint.id} hint={hint} number={index + 1} hinting={hinting} />
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
}

function HintHandle({ hint, number, hinting }: HintHandleProps) {
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
      onFocus={() => select(hint.id)}
      onKeyDown={key}
      className="absolute grid size-9 -translate-1/2 touch-none place-items-center rounded-full"
      style={{ left: `${at.x * 100}%`, top: `${at.y * 100}%` }}
    >
      <span
        className={`rounded-full border-2 border-white shadow-[0_0_0_1.5px_#2a2018,0_1px_5px_rgb(0_0_0/0.5)] transition-all ${selected === hint.id && editing ? "size-7" : "size-4.5"}`}
        style={{ background: hint.colour }}
      />
    </button>
  );
}
