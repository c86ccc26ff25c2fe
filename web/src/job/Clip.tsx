import type { JobOutput } from "../gen/rekindle/jobs/v1/job_pb";
import { text } from "../text";
import { PhotoImage, useContent } from "../ui/PhotoImage";

interface ClipProps {
  photoId: string;
  output: JobOutput;
  /** Width by height. */
  aspect: number;
}

/** A result that moves. */
export function Clip({ photoId, output, aspect }: ClipProps) {
  const { content } = useContent(photoId, output.id);
  if (content === null) {
    return (
      <PhotoImage
        photoId={photoId}
        variant="thumb_600"
        alt={text.job.clipAlt}
        className="block w-full object-cover"
        style={{ aspectRatio: aspect }}
      />
    );
  }
  return (
    <video
      src={content.url}
      aria-label={text.job.clipAlt}
      className="block w-full"
      style={{ aspectRatio: aspect }}
      controls
      playsInline
      loop
    />
  );
}
