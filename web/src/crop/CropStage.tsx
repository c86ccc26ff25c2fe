import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import { text } from "../text";
import { CORNER_NAMES, type CornerName, type Corners, moveCorner, type Point } from "./geometry";
import { Magnifier } from "./Magnifier";

const STEP = 0.004;
const LARGE_STEP = 0.03;

const ARROWS: Record<string, Point> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

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

  const down = (name: CornerName) => (event: PointerEvent<HTMLButtonElement>) => {
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

  const key = (name: CornerName) => (event: KeyboardEvent) => {
    const arrow = ARROWS[event.key];
    if (arrow !== undefined) {
      event.preventDefault();
      const step = event.shiftKey ? LARGE_STEP : STEP;
      onChange(moveCorner(corners, name, { x: corners[name].x + arrow.x * step, y: corners[name].y + arrow.y * step }));
    }
  };

  const outline = CORNER_NAMES.map((name) => `${corners[name].x * 100},${corners[name].y * 100}`).join(" ");
  return (
    <div className="tray grid place-items-center rounded-3xl p-5 md:p-8">
      <div className="relative touch-none select-none">
        <img
          ref={image}
          src={url}
          alt={text.crop.pictureAlt}
          draggable={false}
          className="block max-h-[48dvh] rounded-[2px] shadow-print md:max-h-[62dvh]"
          onLoad={(event) =>
            onLoad({ width: event.currentTarget.naturalWidth, height: event.currentTarget.naturalHeight })
          }
          onError={onBroken}
        />
        <svg
          viewBox="0 0 100 100"
          preserveAspectRatio="none"
          className="pointer-events-none absolute inset-0 size-full"
          aria-hidden
        >
          <path
            d={`M0 0H100V100H0Z M${outline.replaceAll(" ", " L")}Z`}
            fillRule="evenodd"
            fill="#17120d"
            fillOpacity={faint ? 0 : 0.55}
            className="transition-[fill-opacity]"
          />
          <polygon
            points={outline}
            fill="none"
            stroke="#fff"
            strokeWidth="4"
            strokeOpacity="0.9"
            vectorEffect="non-scaling-stroke"
            strokeDasharray={faint ? "2 9" : undefined}
            strokeLinecap="round"
          />
          <polygon
            points={outline}
            fill="none"
            stroke={faint ? "#6b4a10" : "#f3a62b"}
            strokeWidth="2"
            vectorEffect="non-scaling-stroke"
            strokeDasharray={faint ? "2 9" : undefined}
            strokeLinecap="round"
          />
        </svg>
        {CORNER_NAMES.map((name) => {
          const { x, y } = corners[name];
          return (
            <button
              key={name}
              type="button"
              aria-roledescription={text.crop.cornerRole}
              aria-label={text.crop.cornerAt(text.crop.corners[name], Math.round(x * 100), Math.round(y * 100))}
              onPointerDown={down(name)}
              onPointerMove={move}
              onPointerUp={() => setDragged(null)}
              onPointerCancel={() => setDragged(null)}
              onKeyDown={key(name)}
              className="group absolute grid size-12 -translate-1/2 cursor-grab touch-none place-items-center rounded-full active:cursor-grabbing"
              style={{ left: `${x * 100}%`, top: `${y * 100}%` }}
            >
              <span
                className={`grid size-7 place-items-center rounded-full border-[3px] border-white shadow-[0_0_0_1.5px_#2a2018,0_2px_8px_rgb(0_0_0/0.5)] transition group-hover:scale-110 group-focus-visible:scale-125 ${dragged === name ? "scale-50 opacity-60" : ""} ${faint ? "bg-[#2a2018]/40" : "bg-flame"}`}
              />
            </button>
          );
        })}
        {dragged !== null && image.current !== null && <Magnifier image={image.current} at={corners[dragged]} />}
      </div>
    </div>
  );
}
