import { Camera, ImagePlus } from "lucide-react";
import { type ChangeEvent, useCallback, useEffect, useRef, useState } from "react";
import { type AppError, decodeError } from "../api/errors";
import { PageTitle } from "../shell/Shell";
import { text } from "../text";
import { Button } from "../ui/Button";
import { ErrorNote } from "../ui/ErrorNote";
import { Loading } from "../ui/Loading";
import { ProgressBar } from "../ui/ProgressBar";
import { ACCEPT, acceptFiles, BYTES_MAX } from "../uploads/accept";
import { claim, codeOf, type Leave } from "./handoff";
import { type Sending, useSending } from "./useSending";

/** Where a code leads: a phone sends photos to the page that shows it, without signing in. */
export default function PhonePage() {
  const [code] = useState(() => codeOf(location.hash));
  const [leave, setLeave] = useState<Leave | null>(null);
  const [error, setError] = useState<AppError | null>(null);
  const open = useCallback(() => {
    if (code !== null) {
      setError(null);
      claim(code).then(setLeave, (thrown) => setError(decodeError(thrown)));
    }
  }, [code]);
  useEffect(open, [open]);
  const words = text.phone.page;

  return (
    <main className="mx-auto grid max-w-md gap-5 px-6 py-12">
      {code === null && <PageTitle>{words.broken}</PageTitle>}
      {code !== null && leave === null && error === null && <Loading />}
      {error?.reason === "NOT_FOUND" && <Over />}
      {error !== null && error.reason !== "NOT_FOUND" && (
        <>
          <PageTitle>{words.title}</PageTitle>
          <ErrorNote error={error} onRetry={open} />
        </>
      )}
      {leave !== null && <Send leave={leave} />}
    </main>
  );
}

function Over() {
  return (
    <>
      <PageTitle>{text.phone.page.over}</PageTitle>
      <p className="text-soft">{text.phone.page.overBody}</p>
    </>
  );
}

function Send({ leave }: { leave: Leave }) {
  const words = text.phone.page;
  const { sendings, add, retry, over } = useSending(leave);
  const [refused, setRefused] = useState<string[]>([]);
  const gallery = useRef<HTMLInputElement>(null);
  const camera = useRef<HTMLInputElement>(null);
  const left = leave.uploadsMax - sendings.length;

  const picked = (event: ChangeEvent<HTMLInputElement>) => {
    const sorted = acceptFiles([...(event.target.files ?? [])], BYTES_MAX);
    // The same picture may be chosen again.
    event.target.value = "";
    setRefused(sorted.refused);
    add(sorted.accepted.slice(0, left));
  };

  return (
    <>
      {over ? (
        <Over />
      ) : (
        <>
          <PageTitle>{words.title}</PageTitle>
          <p className="text-soft">{words.lead}</p>
          <div className="grid gap-3">
            <Button
              look="flame"
              size="large"
              disabled={left <= 0}
              icon={<Camera size={22} aria-hidden />}
              onClick={() => camera.current?.click()}
            >
              {words.camera}
            </Button>
            <Button
              size="large"
              disabled={left <= 0}
              icon={<ImagePlus size={22} aria-hidden />}
              onClick={() => gallery.current?.click()}
            >
              {words.choose}
            </Button>
          </div>
          <p className="text-sm text-soft">{words.left(Math.max(0, left))}</p>
        </>
      )}
      <input ref={gallery} type="file" accept={ACCEPT} multiple hidden onChange={picked} data-testid="gallery" />
      <input ref={camera} type="file" accept="image/*" capture="environment" hidden onChange={picked} />
      {refused.length > 0 && (
        <ul className="grid gap-1 rounded-2xl bg-flame-wash px-4 py-3 text-sm">
          {refused.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
      {sendings.length > 0 && (
        <ul aria-label={words.list} className="grid gap-3">
          {sendings.map((sending) => (
            <SendingRow key={sending.id} sending={sending} onRetry={() => retry(sending.id)} />
          ))}
        </ul>
      )}
    </>
  );
}

function wordsOf({ phase, percent }: Sending): string {
  switch (phase) {
    case "waiting":
      return text.uploads.waiting;
    case "sending":
      return text.uploads.sending(Math.floor(percent));
    case "checking":
      return text.uploads.checking;
    case "failed":
      return text.uploads.failed;
    case "done":
      return text.uploads.done;
  }
}

function SendingRow({ sending, onRetry }: { sending: Sending; onRetry: () => void }) {
  const { name, phase, percent, error } = sending;
  return (
    <li className="grid gap-2 rounded-2xl bg-paper p-4 ring-1 ring-line">
      <span className="truncate font-semibold">{name}</span>
      <span role="status" className="text-sm text-soft">
        {wordsOf(sending)}
      </span>
      {phase === "sending" && <ProgressBar percent={percent} label={name} thin />}
      {error !== null && <ErrorNote error={error} onRetry={error.retryable ? onRetry : undefined} />}
    </li>
  );
}
