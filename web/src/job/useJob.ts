import { useCallback, useEffect, useState } from "react";
import { refreshAccount } from "../api/account";
import { api } from "../api/clients";
import { type AppError, decodeError } from "../api/errors";
import { isTerminal, type Liveliness, watchJob } from "../api/watchJob";
import type { Job } from "../gen/rekindle/jobs/v1/job_pb";
import { NO_STAGES, noteStage, type Stages } from "./stages";

export interface WatchedJob {
  job: Job | null;
  liveliness: Liveliness;
  /** The steps seen so far of the attempt that runs. */
  stages: Stages;
  error: AppError | null;
  /** Watches anew, after an error or a retry. */
  watchAgain: () => void;
}

/** A job, live until it has ended. */
export function useJob(jobId: string): WatchedJob {
  const [state, setState] = useState<Omit<WatchedJob, "watchAgain">>({
    job: null,
    liveliness: "live",
    stages: NO_STAGES,
    error: null,
  });
  const [round, setRound] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` watches anew
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const follow = async () => {
      setState((before) => ({ ...before, error: null }));
      let waited = false;
      for await (const { job, liveliness } of watchJob(api.jobs, jobId, { signal })) {
        setState((before) => ({ job, liveliness, stages: noteStage(before.stages, job), error: null }));
        if (isTerminal(job.state) && waited) {
          // What the job cost is settled only now: a failure gives its credits back.
          void refreshAccount();
        }
        waited = true;
      }
    };
    follow().catch((thrown) => signal.aborted || setState((before) => ({ ...before, error: decodeError(thrown) })));
    return () => controller.abort();
  }, [jobId, round]);

  return { ...state, watchAgain: useCallback(() => setRound((before) => before + 1), []) };
}
