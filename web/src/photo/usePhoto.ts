import { useCallback, useEffect, useState } from "react";
import { api } from "../api/clients";
import { type AppError, decodeError } from "../api/errors";
import { isTerminal, watchJob } from "../api/watchJob";
import { type Photo, PhotoState } from "../gen/rekindle/jobs/v1/photo_pb";

export interface WatchedPhoto {
  photo: Photo | null;
  /** How far the preparation is, 0 to 100; null when it does not run. */
  preparedPercent: number | null;
  error: AppError | null;
  reload: () => void;
}

/** A photo, watched until it is prepared. */
export function usePhoto(photoId: string | null): WatchedPhoto {
  const [photo, setPhoto] = useState<Photo | null>(null);
  const [preparedPercent, setPreparedPercent] = useState<number | null>(null);
  const [error, setError] = useState<AppError | null>(null);
  const [round, setRound] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` asks anew
  useEffect(() => {
    if (photoId === null) {
      return;
    }
    const controller = new AbortController();
    const { signal } = controller;
    const fetchPhoto = async () => {
      const answer = await api.photos.getPhoto({ photoId }, { signal });
      const now = answer.photo ?? null;
      setPhoto(now);
      return now;
    };
    const follow = async () => {
      setError(null);
      const now = await fetchPhoto();
      if (now?.state !== PhotoState.PREPARING || now.preparationJobId === "") {
        return;
      }
      for await (const { job } of watchJob(api.jobs, now.preparationJobId, { signal })) {
        setPreparedPercent(job.progress?.percent ?? 0);
        if (isTerminal(job.state)) {
          setPreparedPercent(null);
          await fetchPhoto();
        }
      }
    };
    follow().catch((thrown) => signal.aborted || setError(decodeError(thrown)));
    return () => controller.abort();
  }, [photoId, round]);

  return { photo, preparedPercent, error, reload: useCallback(() => setRound((before) => before + 1), []) };
}
