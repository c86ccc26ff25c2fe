import type { JobOutput } from "../gen/rekindle/jobs/v1/job_pb";
import type { Photo } from "../gen/rekindle/jobs/v1/photo_pb";
import { thumbOf } from "../home/recent";

/** Which form of a photo to show large, and its width by height. */
export function pictureOf(photo: Photo | null): { variant: string | null; aspect: number } {
  if (photo === null) {
    return { variant: null, aspect: 4 / 3 };
  }
  const prepared = photo.variants.find(({ name }) => name === "prepared");
  const size = prepared ?? photo.metadata;
  const aspect = size === undefined || size.width === 0 || size.height === 0 ? 4 / 3 : size.width / size.height;
  return { variant: prepared === undefined ? thumbOf(photo, "thumb_600") : "prepared", aspect };
}

/** Width by height of an output; of the photo it was made of where it does not say. */
export function aspectOf(output: JobOutput | undefined, fallback: number): number {
  const { width, height } = output?.metadata ?? { width: 0, height: 0 };
  return width > 0 && height > 0 ? width / height : fallback;
}

const ENDINGS: Record<string, string> = {
  "image/jpeg": "jpg",
  "image/png": "png",
  "image/webp": "webp",
  "image/avif": "avif",
  "image/gif": "gif",
  "video/mp4": "mp4",
  "video/webm": "webm",
};

/** What a result is called when it is saved: "wedding-restored.jpg" for wedding.heic. */
export function resultFilename(original: string, suffix: string, contentType: string): string {
  const stem =
    original
      .replace(/\.[A-Za-z0-9]{1,5}$/, "")
      .replaceAll(/[/\\:*?"<>|]+/g, " ")
      .trim() || "photo";
  return `${stem}-${suffix}.${ENDINGS[contentType] ?? "jpg"}`;
}
