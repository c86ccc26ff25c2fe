import { type Job, JobState } from "../gen/rekindle/jobs/v1/job_pb";
import type { GetJobResponse, WatchJobResponse } from "../gen/rekindle/jobs/v1/jobs_service_pb";
import { backoffMillis, childController, type Sleep, sleepUntilOnline } from "../lib/time";
import { type AppError, decodeError } from "./errors";

/** How the news arrives: pushed as it happens, or asked for now and then while the stream can't be had. */
export type Liveliness = "live" | "asking";

export interface JobNews {
  job: Job;
  liveliness: Liveliness;
}

/** The two calls that watching needs. */
export interface JobSource {
  watchJob(
    request: { jobId: string; resumeAfter: string },
    options: { signal: AbortSignal; timeoutMs: number },
  ): AsyncIterable<WatchJobResponse>;
  getJob(request: { jobId: string }, options: { signal: AbortSignal }): Promise<GetJobResponse>;
}

export interface WatchOptions {
  signal: AbortSignal;
  wait?: Sleep;
  random?: () => number;
  /** A stream that says nothing for so long is opened anew: phones lose connections without a word. */
  silenceMillisMax?: number;
}

/** After so many broken streams in a row the job is asked for while we wait for the next try. */
const ASK_AFTER_FAILURES = 2;
const SILENCE_MILLIS_MAX = 45_000;

const TERMINAL: readonly JobState[] = [JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED];

export function isTerminal(state: JobState): boolean {
  return TERMINAL.includes(state);
}

/** Whether news is older than what is known: streams that resume may repeat themselves. */
export function isStale(known: Job | null, news: Job): boolean {
  if (known === null || news.revision > known.revision) {
    return false;
  }
  if (news.revision < known.revision) {
    return true;
  }
  const before = known.progress;
  const after = news.progress;
  if (before === undefined || after === undefined || before.attempt !== after.attempt) {
    return (after?.attempt ?? 0) < (before?.attempt ?? 0);
  }
  return after.sequence < before.sequence;
}

function isFinal(error: AppError): boolean {
  return (
    !error.retryable && error.reason !== "INTERNAL" && error.reason !== "INVALID_TOKEN" && error.reason !== "CANCELLED"
  );
}

/** Restarts a count-down at every sign of life, and aborts the stream when there is none. */
function silenceGuard(controller: AbortController, millis: number) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = () => clearTimeout(timer);
  const heard = () => {
    stop();
    timer = setTimeout(() => controller.abort(new DOMException("silence", "AbortError")), millis);
  };
  return { heard, stop };
}

/**
 * A job as it is now and after every change, until it has ended. Survives broken connections: goes on after the last
 * change seen, waits longer after each failure in a row, and asks for the job by itself meanwhile. Throws an AppError
 * only where trying again is of no use, and the signal's reason when that aborts.
 */
export async function* watchJob(source: JobSource, jobId: string, options: WatchOptions): AsyncGenerator<JobNews> {
  const { signal, wait = sleepUntilOnline, random = Math.random, silenceMillisMax = SILENCE_MILLIS_MAX } = options;
  let known: Job | null = null;
  let resumeAfter = "";
  let failures = 0;

  while (!signal.aborted) {
    const controller = childController(signal);
    const guard = silenceGuard(controller, silenceMillisMax);
    try {
      guard.heard();
      for await (const message of source.watchJob(
        { jobId, resumeAfter },
        { signal: controller.signal, timeoutMs: 0 },
      )) {
        guard.heard();
        failures = 0;
        resumeAfter = message.eventId || resumeAfter;
        if (message.job === undefined || isStale(known, message.job)) {
          continue;
        }
        known = message.job;
        yield { job: known, liveliness: "live" };
        if (isTerminal(known.state)) {
          return;
        }
      }
    } catch (thrown) {
      signal.throwIfAborted();
      const error = decodeError(thrown);
      if (isFinal(error)) {
        throw error;
      }
      if (error.reason === "INVALID_TOKEN") {
        resumeAfter = "";
      }
    } finally {
      guard.stop();
      controller.abort();
    }
    failures++;
    if (failures >= ASK_AFTER_FAILURES) {
      const asked = await ask(source, jobId, signal);
      if (asked !== null && !isStale(known, asked)) {
        known = asked;
        yield { job: known, liveliness: "asking" };
      }
      if (known !== null && isTerminal(known.state)) {
        return;
      }
    }
    await wait(backoffMillis(failures, random), signal);
  }
  signal.throwIfAborted();
}

async function ask(source: JobSource, jobId: string, signal: AbortSignal): Promise<Job | null> {
  try {
    return (await source.getJob({ jobId }, { signal })).job ?? null;
  } catch (thrown) {
    signal.throwIfAborted();
    const error = decodeError(thrown);
    if (isFinal(error)) {
      throw error;
    }
    return null;
  }
}
