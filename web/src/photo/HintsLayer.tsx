import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import type { Point } from "../crop/geometry";
import { text } from "../text";
import { add, hintFrom, middleOf, moveBy, nextId, remove } from "./hints";
import type { Hint } from "./options";

const STEP = 0.006;
const LARGE_STEP = 0.04;

const ARROWS: Record<string, Point> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

interface HintsLayerProps {
  hints: readonly Hint[];
  selected: number | null;
  /** Colour and width of the next hint. */
  colour: string;
  radius: number;
  /** Width by height of the picture. */
  aspect: number;
  editing: boolean;
  onChange: (hints: readonly Hint[]) => void;
  onSelect: (id: number | null) => void;
}

export function colourName(colour: string): string {
  return text.colours[colour] ?? colour;
}

/** The hints on top of the picture: taps and strokes make new ones, handles move them. */
export function HintsLayer({ hints, selected, colour, radius, aspect, editing, onChange, onSelect }: HintsLayerProps) {
  const layer = useRef<HTMLDivElement>(null);
  const [stroke, setStroke] = useState<Point[] | null>(null);
  const moved = useRef<{ id: number; last: Point } | null>(null);

  const pointOf = (event: PointerEvent): Point => {
    const rect = layer.current?.getBoundingClientRect();
    const part = (value: number) => Math.min(1, Math.max(0, value));
    return rect === undefined
      ? { x: 0, y: 0 }
      : { x: part((event.clientX - rect.left) / rect.width), y: part((event.clientY - rect.top) / rect.height) };
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
      onSelect(id);
      moved.current = { id, last: pointOf(event) };
    }
  };

  const move = (event: PointerEvent<HTMLDivElement>) => {
    const at = pointOf(event);
    if (moved.current !== null) {
      const { id, last } = moved.current;
      onChange(moveBy(hints, id, at.x - last.x, at.y - last.y));
      moved.current = { id, last: at };
    } else if (stroke !== null) {
      setStroke([...stroke, at]);
    }
  };

  const up = () => {
    moved.current = null;
    const hint = stroke === null ? null : hintFrom(stroke, colour, radius, nextId(hints));
    setStroke(null);
    if (hint !== null) {
      onChange(add(hints, hint));
      onSelect(hint.id);
    }
  };

  const cancel = () => {
    moved.current = null;
    setStroke(null);
  };

  const key = (id: number) => (event: KeyboardEvent) => {
    const arrow = ARROWS[event.key];
    if (arrow !== undefined) {
      event.preventDefault();
      const step = event.shiftKey ? LARGE_STEP : STEP;
      onChange(moveBy(hints, id, arrow.x * step, arrow.y * step));
    } else if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      onChange(remove(hints, id));
      onSelect(null);
    }
  };

  // The picture's longer side is 100 wide here, so that widths are percentages of it.
  const box = aspect >= 1 ? { width: 100, height: 100 / aspect } : { width: 100 * aspect, height: 100 };
  const line = (points: readonly Point[]) => points.map(({ x, y }) => `${x * box.width},${y * box.height}`).join(" ");
  const drawn = stroke === null ? hints : [...hints, { id: 0, points: stroke, colour, radius }];

  return (
    <div
      ref={layer}
      className={`absolute inset-0 ${editing ? "cursor-crosshair touch-none" : "pointer-events-none"}`}
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={up}
      onPointerCancel={cancel}
    >
      <svg viewBox={`0 0 ${box.width} ${box.height}`} className="absolute inset-0 size-full" aria-hidden>
        {drawn.map((hint) =>
          hint.points.length > 1 ? (
            <polyline
              key={hint.id}
              points={line(hint.points)}
              fill="none"
              stroke={hint.colour}
              strokeOpacity="0.75"
              strokeWidth={Math.max(0.8, hint.radius * 100)}
              strokeLinecap="round"
              strokeLinejoin="round"
            />
          ) : null,
        )}
      </svg>
      {hints.map((hint, index) => {
        const at = middleOf(hint);
        const words = text.photo.hintAt(
          index + 1,
          colourName(hint.colour),
          Math.round(at.x * 100),
          Math.round(at.y * 100),
        );
        return (
          <button
            key={hint.id}
            type="button"
            data-hint={hint.id}
            aria-roledescription={text.photo.hintRole}
            aria-label={words}
            aria-pressed={selected === hint.id}
            tabIndex={editing ? 0 : -1}
            onFocus={() => onSelect(hint.id)}
            onKeyDown={key(hint.id)}
            className="absolute grid size-9 -translate-1/2 touch-none place-items-center rounded-full"
            style={{ left: `${at.x * 100}%`, top: `${at.y * 100}%` }}
          >
            <span
              className={`rounded-full border-2 border-white shadow-[0_0_0_1.5px_#2a2018,0_1px_5px_rgb(0_0_0/0.5)] transition-all ${selected === hint.id && editing ? "size-7" : "size-4.5"}`}
              style={{ background: hint.colour }}
            />
          </button>
        );
      })}
    </div>
  );
}
