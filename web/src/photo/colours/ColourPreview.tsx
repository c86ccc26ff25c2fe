import { useEffect, useRef, useState } from "react";
import { useContent } from "../../ui/PhotoImage";
import type { Hint } from "../options";
import { Spreading } from "./spreading";

interface ColourPreviewProps {
  photoId: string;
  variant: string | null;
  hints: readonly Hint[];
}

/** Lies over the photo and shows how the colours that are marked will spread. */
export function ColourPreview({ photoId, variant, hints }: ColourPreviewProps) {
  const wanted = hints.length > 0;
  const { content } = useContent(photoId, wanted ? variant : null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [spreading, setSpreading] = useState<Spreading | null>(null);

  useEffect(() => {
    if (content === null) {
      return;
    }
    const opened = new Spreading(content.blob, (picture) => {
      if (canvas.current !== null) {
        canvas.current.width = picture.width;
        canvas.current.height = picture.height;
        canvas.current.getContext("2d")?.putImageData(picture, 0, 0);
      }
    });
    setSpreading(opened);
    return () => {
      setSpreading(null);
      opened.close();
      // What is shown is of hints that are gone.
      if (canvas.current !== null) {
        canvas.current.width = 0;
      }
    };
  }, [content]);

  useEffect(() => spreading?.spread(hints), [spreading, hints]);

  return (
    <canvas
      ref={canvas}
      hidden={!wanted}
      data-preview="colours"
      className="pointer-events-none absolute inset-0 size-full mix-blend-color"
      aria-hidden
    />
  );
}
