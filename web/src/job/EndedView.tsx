import { RotateCcw, SlidersHorizontal } from "lucide-react";
import { useState } from "react";
import { api } from "../api/clients";
import { type AppError, decodeError, wordsForJobError } from "../api/errors";
import { type Job, JobState } from "../gen/rekindle/jobs/v1/job_pb";
import type { Photo } from "../gen/rekindle/jobs/v1/photo_pb";
import { paths } from "../lib/router";
import { text } from "../text";
import { Button, ButtonLink } from "../ui/Button";
import { ErrorNote } from "../ui/ErrorNote";
import { Mounted } from "../ui/Mounted";
import { PhotoImage } from "../ui/PhotoImage";
import { pictureOf } from "./picture";

interface EndedViewProps {
  job: Job;
  photo: Photo | null;
  onRetried: () => void;
}

/** A job that failed or was cancelled: why, what became of the credits, and what can be done. */
export function EndedView({ job, photo, onRetried }: EndedViewProps) {
  const [retrying, setRetrying] = useState(false);
  const [error, setError] = useState<AppError | null>(null);
  const { variant, aspect } = pictureOf(photo);
  const photoId = job.photoIds[0] ?? "";
  const failed = job.state === JobState.FAILED;

  const retry = async () => {
    setRetrying(true);
    setError(null);
    try {
      await api.jobs.retryJob({ jobId: job.id });
      onRetried();
    } catch (thrown) {
      setError(decodeError(thrown));
    } finally {
      setRetrying(false);
    }
  };

  return (
    <div className="grid gap-8 md:grid-cols-[minmax(0,20rem)_1fr] md:gap-12">
      <Mounted className="w-full max-w-80 rotate-[-1deg] justify-self-center">
        <PhotoImage
          photoId={photoId}
          variant={photo === null ? null : variant}
          alt={text.photo.alt(photo?.filename ?? "")}
          className="block w-full object-cover"
          style={{ aspectRatio: aspect }}
        />
      </Mounted>
      <div className="grid content-start gap-4">
        {failed ? (
          <>
            <p className="max-w-prose text-lg">
              {job.error === undefined ? text.errors.unknown : wordsForJobError(job.error.reason, job.error.message)}
            </p>
            {job.creditCost > 0 && <p className="text-soft">{text.job.refunded(job.creditCost)}</p>}
          </>
        ) : (
          <p className="max-w-prose text-lg">{job.creditCost > 0 ? text.job.cancelled : text.job.cancelledFree}</p>
        )}
        {error !== null && <ErrorNote error={error} />}
        <div className="flex flex-wrap gap-2">
          {failed && (job.error?.retryable ?? true) && (
            <Button look="flame" disabled={retrying} icon={<RotateCcw size={20} aria-hidden />} onClick={retry}>
              {text.job.retry}
            </Button>
          )}
          <ButtonLink icon={<SlidersHorizontal size={20} aria-hidden />} href={paths.photo(photoId, job.id)}>
            {text.job.options}
          </ButtonLink>
        </div>
      </div>
    </div>
  );
}
