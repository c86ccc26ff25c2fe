import { type Job, JobState } from "../gen/rekindle/jobs/v1/job_pb";

/** The steps of one attempt, in the order in which they were seen. */
export interface Stages {
  attempt: number;
  /** Names; the last one runs. */
  seen: readonly string[];
  /** 0 to 100 within the last one. */
  percent: number;
}

export const NO_STAGES: Stages = { attempt: 0, seen: [], percent: 0 };

/** The steps after news of the job. A new attempt begins a new list; nothing goes back within one. */
export function noteStage(before: Stages, job: Job): Stages {
  const progress = job.progress;
  if (job.state !== JobState.PROCESSING || progress === undefined || progress.stage === "") {
    return before;
  }
  if (progress.attempt !== before.attempt) {
    return { attempt: progress.attempt, seen: [progress.stage], percent: progress.stagePercent };
  }
  const known = before.seen.includes(progress.stage);
  return {
    attempt: before.attempt,
    seen: known ? before.seen : [...before.seen, progress.stage],
    percent: known ? Math.max(before.percent, progress.stagePercent) : progress.stagePercent,
  };
}
