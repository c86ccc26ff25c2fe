import { useCallback, useEffect, useState } from "react";
import { api } from "../api/clients";
import { clientId, sessionId } from "../api/device";
import { type AppError, decodeError } from "../api/errors";
import { useLiveEvents } from "../api/liveEvents";
import type { Handoff } from "../gen/rekindle/jobs/v1/photos_service_pb";
import { text } from "../text";
import { Button } from "../ui/Button";
import { ErrorNote } from "../ui/ErrorNote";
import { Loading } from "../ui/Loading";
import { qrOf } from "./qr";

function expiryMillis({ expireTime }: Handoff): number {
  return Number(expireTime?.seconds ?? 0n) * 1000;
}

/** A code as long as it is good, then another: nobody waits before one that has ended. */
function useHandoff() {
  const [handoff, setHandoff] = useState<Handoff | null>(null);
  const [error, setError] = useState<AppError | null>(null);
  const [round, setRound] = useState(0);
  const renew = useCallback(() => setRound((before) => before + 1), []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another round is another code
  useEffect(() => {
    const gone = new AbortController();
    setError(null);
    api.photos.createHandoff({ sessionId: sessionId() }, { signal: gone.signal }).then(
      (answer) => !gone.signal.aborted && setHandoff(answer.handoff ?? null),
      (thrown) => !gone.signal.aborted && setError(decodeError(thrown)),
    );
    return () => gone.abort();
  }, [round]);

  useEffect(() => {
    if (handoff !== null) {
      const timer = setTimeout(renew, Math.max(1_000, expiryMillis(handoff) - Date.now()));
      return () => clearTimeout(timer);
    }
  }, [handoff, renew]);
  return { handoff, error, renew };
}

/** How many photos have come into this visit from elsewhere. */
function useArrived(): number {
  const [photoIds, setPhotoIds] = useState<ReadonlySet<string>>(new Set());
  useLiveEvents((event) => {
    if (event?.type === "photo.uploaded" && event.sessionId === sessionId() && event.clientId !== clientId()) {
      setPhotoIds((before) => new Set([...before, event.photoId]));
    }
  });
  return photoIds.size;
}

/** The code, and what has come of it. */
export default function PhoneCode({ onDone }: { onDone: () => void }) {
  const { handoff, error, renew } = useHandoff();
  const arrived = useArrived();

  if (error !== null) {
    return <ErrorNote error={error} onRetry={renew} />;
  }
  if (handoff === null) {
    return <Loading />;
  }
  const address = new URL(handoff.url, location.origin);
  const local = /^(localhost|127\..*|\[::1\])$/.test(address.hostname);
  const { size, path } = qrOf(address.href);
  return (
    <>
      <p className="text-soft">{text.phone.lead}</p>
      <svg
        viewBox={`0 0 ${size} ${size}`}
        role="img"
        aria-label={text.phone.codeAlt}
        data-address={address.href}
        shapeRendering="crispEdges"
        className="mx-auto w-full max-w-64 rounded-xl bg-white"
      >
        <path d={path} fill="#000" />
      </svg>
      <p className="text-center text-sm text-soft">
        {text.phone.life(Math.max(1, Math.round((expiryMillis(handoff) - Date.now()) / 60_000)))}
      </p>
      {local && <p className="rounded-2xl bg-flame-wash px-4 py-3 text-sm">{text.phone.local}</p>}
      <p role="status" className="text-center font-semibold">
        {arrived > 0 && text.phone.arrived(arrived)}
      </p>
      <div className="flex flex-wrap justify-end gap-3">
        <Button look="quiet" onClick={renew}>
          {text.phone.renew}
        </Button>
        <Button look="flame" onClick={onDone}>
          {text.phone.done}
        </Button>
      </div>
    </>
  );
}
