import { Pause, Play, RotateCcw, X } from "lucide-react";
import { useEffect } from "react";
import { navigate, paths } from "../lib/router";
import { useStore } from "../lib/store";
import { NotFoundPage } from "../shell/NotFoundPage";
import { PageTitle } from "../shell/Shell";
import { text } from "../text";
import { formatBytes } from "../text/format";
import { Button } from "../ui/Button";
import { ErrorNote } from "../ui/ErrorNote";
import { Loading } from "../ui/Loading";
import { Mounted } from "../ui/Mounted";
import { ProgressBar } from "../ui/ProgressBar";
import { percentOf, phaseWords } from "./phaseWords";
import { LocalPreview } from "./Tray";
import { pause, remove, restored, resume, uploads } from "./uploads";

/** One photo on its way; becomes the photo's page when it has arrived. */
export default function UploadPage({ uploadId }: { uploadId: string }) {
  const complete = useStore(restored);
  const upload = useStore(uploads).find(({ id }) => id === uploadId);
  const photoId = upload?.photoId ?? null;

  useEffect(() => {
    if (photoId !== null) {
      navigate(paths.photo(photoId), { replace: true });
    }
  }, [photoId]);

  if (upload === undefined) {
    return complete ? <NotFoundPage /> : <Loading />;
  }
  const { phase } = upload;
  const moving = phase === "sending" || phase === "waiting" || phase === "offline";
  return (
    <div className="mx-auto grid max-w-lg gap-6">
      <PageTitle>{text.uploads.title}</PageTitle>
      <Mounted className="mx-auto overflow-visible">
        <div className="relative overflow-hidden">
          <LocalPreview upload={upload} className="block max-h-[38dvh] min-h-40 min-w-40 object-contain" />
          {(phase === "sending" || phase === "checking") && <span className="safelight" aria-hidden />}
        </div>
      </Mounted>
      <div className="sheet grid gap-3 rounded-3xl p-5">
        <div className="flex items-baseline justify-between gap-3">
          <p className="font-semibold" aria-live="polite">
            {phase === "failed" ? text.uploads.failed : phaseWords(upload)}
          </p>
          <p className="text-sm whitespace-nowrap text-soft tabular-nums">
            {text.uploads.sent(formatBytes(upload.sentBytes), formatBytes(upload.content.size))}
          </p>
        </div>
        <ProgressBar percent={percentOf(upload)} label={text.uploads.title} />
        {phase !== "failed" && <p className="text-sm text-soft">{text.uploads.interrupted}</p>}
        {upload.error !== null && <ErrorNote error={upload.error} />}
        <div className="flex flex-wrap gap-2">
          {moving && (
            <Button icon={<Pause size={20} aria-hidden />} onClick={() => pause(upload.id)}>
              {text.uploads.pause}
            </Button>
          )}
          {phase === "paused" && (
            <Button look="flame" icon={<Play size={20} aria-hidden />} onClick={() => resume(upload.id)}>
              {text.uploads.resume}
            </Button>
          )}
          {phase === "failed" && upload.error?.retryable && (
            <Button look="flame" icon={<RotateCcw size={20} aria-hidden />} onClick={() => resume(upload.id)}>
              {text.uploads.retry}
            </Button>
          )}
          {phase !== "checking" && (
            <Button
              look="quiet"
              icon={<X size={20} aria-hidden />}
              onClick={() => {
                navigate(paths.home, { replace: true });
                remove(upload.id);
              }}
            >
              {text.uploads.remove}
            </Button>
          )}
        </div>
      </div>
    </div>
  );
}
