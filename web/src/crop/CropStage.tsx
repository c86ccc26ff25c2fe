import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import { arrowStep } from "../lib/arrows";
import { text } from "../text";
import { CORNER_NAMES, type CornerName, type Corners, moveCorner, type Point } from "./geometry";
import { Magnifier } from "./Magnifier";

interface CropStageProps {
  url: string;
  corners: Corners;
  /** The corners are shown as an offer, not as what will be sent. */
  faint: boolean;
  onChange: (corners: Corners) => void;
  onLoad: (size: { width: number; height: number }) => void;
  onBroken: () => void;
}

/** The picture with four corners to drag: by finger, mouse or arrow keys. */
export function CropStage({ url, corners, faint, onChange, onLoad, onBroken }: CropStageProps) {
  const image = useRef<HTMLImageElement>(null);
  const [dragged, setDragged] = useState<CornerName | null>(null);
  /** Where in the handle the finger lies, so that the corner does not jump to it. */
  const grip = useRef<Point>({ x: 0, y: 0 });

  const pointOf = (event: PointerEvent): Point => {
    const rect = image.current?.getBoundingClientRect();
    if (rect === undefined || rect.width === 0) {
      return { x: 0, y: 0 };
    }
    return { x: (event.clientX - rect.left) / rect.width, y: (event.clientY - rect.top) / rect.height };
  };

  const begin = (name: CornerName, event: PointerEvent<HTMLButtonElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    const at = pointOf(event);
    grip.current = { x: corners[name].x - at.x, y: corners[name].y - at.y };
    setDragged(name);
  };

  const move = (event: PointerEvent) => {
    if (dragged !== null) {
      const at = pointOf(event);
      onChange(moveCorner(corners, dragged, { x: at.x + grip.current.x, y: at.y + grip.current.y }));
    }
  };

  return (
    <div className="tray grid place-items-center rounded-3xl p-5 md:p-8">
      <div className="relative touch-none select-none">
        <img
          ref={image}
          src={url}
          alt={text.crop.pictureAlt}
          draggable={false}
          className="block max-h-[48dvh] rounded-[2px] shadow-print md:max-h-[62dvh]"
          onLoad={({ currentTarget: { naturalWidth: width, naturalHeight: height } }) => onLoad({ width, height })}
          onError={onBroken}
        />
        <Outline corners={corners} faint={faint} />
        {CORNER_NAMES.map((name) => (
          <CornerHandle
            key={name}
            name={name}
            at={corners[name]}
            faint={faint}
            dragged={dragged === name}
            onBegin={begin}
            onMove={move}
            onEnd={() => setDragged(null)}
            onStep={(step) =>
              onChange(moveCorner(corners, name, { x: corners[name].x + step.x, y: corners[name].y + step.y }))
            }
          />
        ))}
        {dragged !== null && image.current !== null && <Magnifier image={image.current} at={corners[dragged]} />}
      </div>
    </div>
  );
}

/** The line through the corners; what lies outside of it is darkened. */
function Outline({ corners, faint }: { corners: Corners; faint: boolean }) {
  const points = CORNER_NAMES.map((name) => `${corners[name].x * 100},${corners[name].y * 100}`);
  const line = {
    points: points.join(" "),
    fill: "none",
    vectorEffect: "non-scaling-stroke",
    strokeLinecap: "round",
    ...(faint ? { strokeDasharray: "2 9" } : {}),
  } as const;
  return (
    <svg
      viewBox="0 0 100 100"
      preserveAspectRatio="none"
      className="pointer-events-none absolute inset-0 size-full"
      aria-hidden
    >
      <path
        d={`M0 0H100V100H0Z M${points.join(" L")}Z`}
        fillRule="evenodd"
        fill="#17120d"
        fillOpacity={faint ? 0 : 0.55}
        className="transition-[fill-opacity]"
      />
      <polygon {...line} stroke="#fff" strokeWidth="4" strokeOpacity="0.9" />
      <polygon {...line} stroke={faint ? "#6b4a10" : "#f3a62b"} strokeWidth="2" />
    </svg>
  );
}

interface CornerHandleProps {
  name: CornerName;
  at: Point;
  faint: boolean;
  dragged: boolean;
  onBegin: (name: CornerName, event: PointerEvent<HTMLButtonElement>) => void;
  onMove: (event: PointerEvent) => void;
  onEnd: () => void;
  onStep: (step: Point) => void;
}

function CornerHandle({ name, at, faint, dragged, onBegin, onMove, onEnd, onStep }: CornerHandleProps) {
  const key = (event: KeyboardEvent) => {
    const step = arrowStep(event);
    if (step !== null) {
      event.preventDefault();
      onStep(step);
    }
  };
  return (
    <button
      type="button"
      aria-roledescription={text.crop.cornerRole}
      aria-label={text.crop.cornerAt(text.crop.corners[name], Math.round(at.x * 100), Math.round(at.y * 100))}
      onPointerDown={(event) => onBegin(name, event)}
      onPointerMove={onMove}
      onPointerUp={onEnd}
      onPointerCancel={onEnd}
      onKeyDown={key}
      className="group absolute grid size-12 -translate-1/2 cursor-grab touch-none place-items-center rounded-full active:cursor-grabbing"
      style={{ left: `${at.x * 100}%`, top: `${at.y * 100}%` }}
    >
      <span
        className={`grid size-7 place-items-center rounded-full border-[3px] border-white shadow-[0_0_0_1.5px_#2a2018,0_2px_8px_rgb(0_0_0/0.5)] transition group-hover:scale-110 group-focus-visible:scale-125 ${dragged ? "scale-50 opacity-60" : ""} ${faint ? "bg-[#2a2018]/40" : "bg-flame"}`}
      />
    </button>
  );
}
