import { type PointerEvent, type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { panBy, type View, WHOLE, zoomAt } from "./zoom";

const STEP = 1.5;
const PAN_STEP_PIXELS = 48;

/** How far an arrow key moves the picture, in steps. */
const ARROWS: Record<string, [number, number]> = {
  ArrowLeft: [1, 0],
  ArrowRight: [-1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

interface Place {
  x: number;
  y: number;
}

/** The box that a picture is looked at through, as it is laid out now. */
interface Frame {
  size: () => { width: number; height: number };
  /** A place of the window, as one of the box. */
  place: (clientX: number, clientY: number) => Place;
}

function frameOf(box: RefObject<HTMLElement | null>): Frame {
  const rect = () => box.current?.getBoundingClientRect() ?? new DOMRect();
  return {
    size: () => ({ width: rect().width, height: rect().height }),
    place: (clientX, clientY) => ({ x: clientX - rect().left, y: clientY - rect().top }),
  };
}

type Change = (change: (view: View, frame: Frame) => View) => void;

interface Pointers {
  /** Answers whether the zoom takes the pointer: it is a second finger, or the picture is zoomed in. */
  begin: (event: PointerEvent) => boolean;
  move: (event: PointerEvent) => void;
  end: (event: PointerEvent) => void;
}

/** One pointer moves the picture, two also zoom it. */
function usePointers(view: View, change: Change): Pointers {
  const fingers = useRef(new Map<number, Place>());
  return {
    begin(event) {
      fingers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
      return fingers.current.size > 1 || view.scale > 1;
    },
    move(event) {
      const known = fingers.current.get(event.pointerId);
      if (known === undefined) {
        return;
      }
      const now = { x: event.clientX, y: event.clientY };
      const other = [...fingers.current].find(([id]) => id !== event.pointerId)?.[1];
      fingers.current.set(event.pointerId, now);
      change((before, frame) => {
        if (other === undefined) {
          return panBy(before, frame.size(), now.x - known.x, now.y - known.y);
        }
        const apart = (finger: Place) => Math.max(1, Math.hypot(finger.x - other.x, finger.y - other.y));
        const middle = frame.place((now.x + other.x) / 2, (now.y + other.y) / 2);
        const zoomed = zoomAt(before, frame.size(), middle, apart(now) / apart(known));
        return panBy(zoomed, frame.size(), (now.x - known.x) / 2, (now.y - known.y) / 2);
      });
    },
    end(event) {
      fingers.current.delete(event.pointerId);
    },
  };
}

/** Zooms with Ctrl and the wheel, and with the wheel alone once zoomed in: else it scrolls the page. */
function useWheel(box: RefObject<HTMLElement | null>, view: View, change: Change): void {
  const zoomedIn = view.scale > 1;
  useEffect(() => {
    const element = box.current;
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey && !zoomedIn) {
        return;
      }
      event.preventDefault();
      const factor = Math.exp(-event.deltaY / (event.ctrlKey ? 100 : 400));
      change((before, frame) => zoomAt(before, frame.size(), frame.place(event.clientX, event.clientY), factor));
    };
    // React's wheel listener is passive and could not keep the page from scrolling.
    element?.addEventListener("wheel", wheel, { passive: false });
    return () => element?.removeEventListener("wheel", wheel);
  }, [box, zoomedIn, change]);
}

export interface Zoom {
  view: View;
  zoomBy: (factor: number) => void;
  reset: () => void;
  /** For `+`, `-`, `0` and, while zoomed in, the arrow keys with Shift. Tells whether the key was one of these. */
  onKey: (key: string, shift: boolean) => boolean;
  pointers: Pointers;
}

/** Zooming and moving a picture in its box by wheel, fingers, mouse and keys; while it is not on, the whole is seen. */
export function useZoom(box: RefObject<HTMLElement | null>, on = true): Zoom {
  const [kept, setView] = useState(WHOLE);
  const view = on ? kept : WHOLE;
  const change = useCallback<Change>((next) => setView((before) => next(before, frameOf(box))), [box]);
  useWheel(box, view, change);

  const zoomBy = (factor: number) =>
    change((before, frame) => {
      const size = frame.size();
      return zoomAt(before, size, { x: size.width / 2, y: size.height / 2 }, factor);
    });
  const reset = () => setView(WHOLE);

  const onKey = (key: string, shift: boolean): boolean => {
    const arrow = ARROWS[key];
    if (key === "+" || key === "=") {
      zoomBy(STEP);
    } else if (key === "-") {
      zoomBy(1 / STEP);
    } else if (key === "0") {
      reset();
    } else if (arrow !== undefined && shift && view.scale > 1) {
      change((before, frame) => panBy(before, frame.size(), arrow[0] * PAN_STEP_PIXELS, arrow[1] * PAN_STEP_PIXELS));
    } else {
      return false;
    }
    return true;
  };

  return { view, zoomBy, reset, onKey, pointers: usePointers(view, change) };
}
