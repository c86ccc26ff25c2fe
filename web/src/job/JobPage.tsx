import { useEffect, useRef } from "react";
import { isTerminal } from "../api/watchJob";
import { type Job, JobState } from "../gen/rekindle/jobs/v1/job_pb";
import { workOfJob } from "../photo/options";
import { usePhoto } from "../photo/usePhoto";
import { NotFoundPage } from "../shell/NotFoundPage";
import { PageTitle } from "../shell/Shell";
import { text } from "../text";
import { announce } from "../ui/announce";
import { ErrorNote } from "../ui/ErrorNote";
import { Loading } from "../ui/Loading";
import { EndedView } from "./EndedView";
import { tellDone } from "./notify";
import { ResultView } from "./ResultView";
import { RunningView } from "./RunningView";
import { useJob } from "./useJob";

function titleOf(job: Job): string {
  const work = workOfJob(job);
  switch (job.state) {
    case JobState.COMPLETED:
      return text.job.doneTitles[work];
    case JobState.FAILED:
      return text.job.failed;
    case JobState.CANCELLED:
      return text.job.states[JobState.CANCELLED] ?? "";
    case JobState.UNSPECIFIED:
    case JobState.PENDING:
    case JobState.QUEUED:
    case JobState.PROCESSING:
    case JobState.RETRY_SCHEDULED:
      return text.job.titles[work];
  }
}

/** Says the end of a job that was watched, and not of one that was opened after it. */
function useTellEnd(job: Job | null): void {
  const running = useRef(false);
  useEffect(() => {
    if (job === null) {
      return;
    }
    if (!isTerminal(job.state)) {
      running.current = true;
    } else if (running.current) {
      running.current = false;
      announce(job.state === JobState.COMPLETED ? text.job.done : titleOf(job));
      void tellDone(job.id, job.state === JobState.COMPLETED);
    }
  }, [job]);
}

/** One job: in line, at work, done or not. */
export default function JobPage({ jobId }: { jobId: string }) {
  const { job, liveliness, stages, error, watchAgain } = useJob(jobId);
  const { photo } = usePhoto(job?.photoIds[0] ?? null);
  useTellEnd(job);

  if (error?.reason === "NOT_FOUND" || error?.reason === "INVALID_REQUEST") {
    return <NotFoundPage />;
  }
  if (job === null) {
    return error === null ? <Loading /> : <ErrorNote error={error} onRetry={watchAgain} />;
  }
  return (
    <div className="grid gap-6">
      <PageTitle>{titleOf(job)}</PageTitle>
      {error !== null && <ErrorNote error={error} onRetry={watchAgain} />}
      {job.state === JobState.COMPLETED && <ResultView job={job} photo={photo} />}
      {(job.state === JobState.FAILED || job.state === JobState.CANCELLED) && (
        <EndedView job={job} photo={photo} onRetried={watchAgain} />
      )}
      {!isTerminal(job.state) && <RunningView job={job} photo={photo} stages={stages} liveliness={liveliness} />}
    </div>
  );
}
