import { ImageOff } from "lucide-react";
import { type CSSProperties, useEffect, useState } from "react";
import { type Content, holdContent } from "../api/content";

/** The content of a photo's variant or a job's output, for as long as the component is there. */
export function useContent(photoId: string, variant: string | null): { content: Content | null; failed: boolean } {
  const [state, setState] = useState<{ content: Content | null; failed: boolean }>({ content: null, failed: false });
  useEffect(() => {
    setState({ content: null, failed: false });
    if (variant === null) {
      return;
    }
    let gone = false;
    const held = holdContent(photoId, variant);
    held.content.then(
      (content) => gone || setState({ content, failed: false }),
      () => gone || setState({ content: null, failed: true }),
    );
    return () => {
      gone = true;
      held.release();
    };
  }, [photoId, variant]);
  return state;
}

interface PhotoImageProps {
  photoId: string;
  variant: string | null;
  alt: string;
  className?: string;
  style?: CSSProperties;
}

/** A picture of the person's own, fetched with their token. */
export function PhotoImage({ photoId, variant, alt, className = "", style }: PhotoImageProps) {
  const { content, failed } = useContent(photoId, variant);
  if (failed) {
    return (
      <span
        role="img"
        aria-label={alt}
        className={`grid place-items-center bg-well text-soft ${className}`}
        style={style}
      >
        <ImageOff size={28} aria-hidden />
      </span>
    );
  }
  if (content === null) {
    return <span role="img" aria-label={alt} className={`pulse block bg-well ${className}`} style={style} />;
  }
  return <img src={content.url} alt={alt} className={className} style={style} draggable={false} />;
}
