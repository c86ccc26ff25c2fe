import { text } from "../text";
import type { LocalUpload } from "./uploads";

/** How far the bytes are, 0 to 100. */
export function percentOf(upload: LocalUpload): number {
  return upload.content.size === 0 ? 0 : Math.min(100, (upload.sentBytes / upload.content.size) * 100);
}

/** What an upload is doing, in words. */
export function phaseWords(upload: LocalUpload): string {
  switch (upload.phase) {
    case "choosing":
    case "waiting":
      return text.uploads.waiting;
    case "offline":
      return text.uploads.offline;
    case "sending":
      return text.uploads.sending(Math.round(percentOf(upload)));
    case "checking":
      return text.uploads.checking;
    case "paused":
      return text.uploads.paused;
    case "failed":
      return upload.error?.message ?? text.uploads.failed;
    case "done":
      return text.uploads.done;
  }
}
