import { type PointerEvent, type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { panBy, type View, WHOLE, zoomAt } from "./zoom";

const STEP = 1.5;
const PAN_STEP_PIXELS = 48;

interface Zoom {
  view: View;
  zoomBy: (factor: number) => void;
  reset: () => void;
  /** For `+`, `-`, `0` and, while zoomed in, the arrow keys with Shift. Tells whether the key was one of these. */
  onKey: (key: string, shift: boolean) => boolean;
  /** For pointers that fell on the picture. `begin` answers whether the zoom takes it: a second finger, or zoomed in. */
  pointers: {
    begin: (event: PointerEvent) => boolean;
    move: (event: PointerEvent) => boolean;
    end: (event: PointerEvent) => void;
  };
}

interface Finger {
  x: number;
  y: number;
}

/** Zooming and moving a picture in its box by wheel, fingers, mouse and keys. */
export function useZoom(box: RefObject<HTMLElement | null>): Zoom {
  const [view, setView] = useState(WHOLE);
  const current = useRef(view);
  current.current = view;
  const fingers = useRef(new Map<number, Finger>());

  const inBox = useCallback(
    (clientX: number, clientY: number) => {
      const rect = box.current?.getBoundingClientRect();
      return { x: clientX - (rect?.left ?? 0), y: clientY - (rect?.top ?? 0) };
    },
    [box],
  );

  const sizeOfBox = useCallback(() => {
    const rect = box.current?.getBoundingClientRect();
    return { width: rect?.width ?? 0, height: rect?.height ?? 0 };
  }, [box]);

  const zoomBy = useCallback(
    (factor: number) => {
      const size = sizeOfBox();
      setView((before) => zoomAt(before, size, { x: size.width / 2, y: size.height / 2 }, factor));
    },
    [sizeOfBox],
  );

  const reset = useCallback(() => setView(WHOLE), []);

  useEffect(() => {
    const element = box.current;
    // React's wheel listener is passive and could not keep the page from scrolling.
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey && current.current.scale === 1) {
        return;
      }
      event.preventDefault();
      const factor = Math.exp(-event.deltaY / (event.ctrlKey ? 100 : 400));
      setView((before) => zoomAt(before, sizeOfBox(), inBox(event.clientX, event.clientY), factor));
    };
    element?.addEventListener("wheel", wheel, { passive: false });
    return () => element?.removeEventListener("wheel", wheel);
  }, [box, inBox, sizeOfBox]);

  const onKey = (key: string, shift: boolean): boolean => {
    const arrows: Record<string, [number, number]> = {
      ArrowLeft: [1, 0],
      ArrowRight: [-1, 0],
      ArrowUp: [0, 1],
      ArrowDown: [0, -1],
    };
    const arrow = arrows[key];
    if (key === "+" || key === "=") {
      zoomBy(STEP);
    } else if (key === "-") {
      zoomBy(1 / STEP);
    } else if (key === "0") {
      reset();
    } else if (arrow !== undefined && shift && view.scale > 1) {
      setView((before) => panBy(before, sizeOfBox(), arrow[0] * PAN_STEP_PIXELS, arrow[1] * PAN_STEP_PIXELS));
    } else {
      return false;
    }
    return true;
  };

  const begin = (event: PointerEvent): boolean => {
    fingers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
    return fingers.current.size > 1 || current.current.scale > 1;
  };

  const move = (event: PointerEvent): boolean => {
    const known = fingers.current.get(event.pointerId);
    if (known === undefined || (fingers.current.size < 2 && current.current.scale === 1)) {
      return false;
    }
    const now = { x: event.clientX, y: event.clientY };
    const other = [...fingers.current].find(([id]) => id !== event.pointerId)?.[1];
    fingers.current.set(event.pointerId, now);
    const size = sizeOfBox();
    if (other === undefined) {
      setView((before) => panBy(before, size, now.x - known.x, now.y - known.y));
    } else {
      const apart = (finger: Finger) => Math.max(1, Math.hypot(finger.x - other.x, finger.y - other.y));
      const middle = inBox((now.x + other.x) / 2, (now.y + other.y) / 2);
      const factor = apart(now) / apart(known);
      setView((before) =>
        panBy(zoomAt(before, size, middle, factor), size, (now.x - known.x) / 2, (now.y - known.y) / 2),
      );
    }
    return true;
  };

  const end = (event: PointerEvent): void => {
    fingers.current.delete(event.pointerId);
  };

  return { view, zoomBy, reset, onKey, pointers: { begin, move, end } };
}
