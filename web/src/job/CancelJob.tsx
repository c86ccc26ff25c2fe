import { CircleX } from "lucide-react";
import { useState } from "react";
import { api } from "../api/clients";
import { type AppError, decodeError } from "../api/errors";
import type { Job } from "../gen/rekindle/jobs/v1/job_pb";
import { text } from "../text";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { ErrorNote } from "../ui/ErrorNote";

/** Cancels a job, after a question. The watch tells how it ends. */
export function CancelJob({ job }: { job: Job }) {
  const [asking, setAsking] = useState(false);
  const [asked, setAsked] = useState(false);
  const [error, setError] = useState<AppError | null>(null);

  const cancel = async () => {
    setAsked(true);
    setError(null);
    try {
      await api.jobs.cancelJob({ jobId: job.id });
      setAsking(false);
    } catch (thrown) {
      const failed = decodeError(thrown);
      setAsked(false);
      if (failed.reason === "STATE_CONFLICT") {
        // It ended in the same moment; the page shows how.
        setAsking(false);
      } else {
        setError(failed);
      }
    }
  };

  if (job.cancelling || asked) {
    return <p className="px-3 text-sm font-semibold text-soft">{text.job.cancelling}</p>;
  }
  return (
    <>
      <Button size="small" look="quiet" icon={<CircleX size={18} aria-hidden />} onClick={() => setAsking(true)}>
        {text.job.cancel}
      </Button>
      <Dialog open={asking} title={text.job.cancelTitle} onClose={() => setAsking(false)}>
        {job.creditCost > 0 && <p>{text.job.cancelBody(job.creditCost)}</p>}
        {error !== null && <ErrorNote error={error} />}
        <div className="grid gap-2 sm:grid-cols-2">
          <Button onClick={() => setAsking(false)}>{text.job.cancelNo}</Button>
          <Button look="danger" onClick={cancel}>
            {text.job.cancelYes}
          </Button>
        </div>
      </Dialog>
    </>
  );
}
