import { Pause, Play, RotateCcw, X } from "lucide-react";
import { text } from "../text";
import { IconButton } from "../ui/Button";
import { type LocalUpload, pause, remove, resume } from "./uploads";

/** Pause, go on, try again, give up: whatever fits the phase. */
export function UploadButtons({ upload }: { upload: LocalUpload }) {
  const { id, phase } = upload;
  return (
    <span className="flex">
      {(phase === "sending" || phase === "waiting" || phase === "offline") && (
        <IconButton label={text.uploads.pause} onClick={() => pause(id)}>
          <Pause size={20} aria-hidden />
        </IconButton>
      )}
      {phase === "paused" && (
        <IconButton label={text.uploads.resume} onClick={() => resume(id)}>
          <Play size={20} aria-hidden />
        </IconButton>
      )}
      {phase === "failed" && upload.error?.retryable && (
        <IconButton label={text.uploads.retry} onClick={() => resume(id)}>
          <RotateCcw size={20} aria-hidden />
        </IconButton>
      )}
      {phase !== "checking" && phase !== "done" && (
        <IconButton label={text.uploads.remove} onClick={() => remove(id)}>
          <X size={20} aria-hidden />
        </IconButton>
      )}
    </span>
  );
}
