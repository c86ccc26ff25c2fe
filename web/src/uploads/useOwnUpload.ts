import { useStore } from "../lib/store";
import { type LocalUpload, uploads } from "./uploads";

/** The upload from this device that a photo was made of; undefined for photos of other days. */
export function useOwnUpload(photoId: string): LocalUpload | undefined {
  return useStore(uploads).find((upload) => upload.photoId === photoId);
}
