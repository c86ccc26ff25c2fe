import { create } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import { describe, expect, it, vi } from "vitest";
import { isStale, type JobNews, type JobSource, watchJob } from "../../src/api/watchJob";
import { type Job, JobProgressSchema, JobSchema, JobState } from "../../src/gen/rekindle/jobs/v1/job_pb";
import {
  GetJobResponseSchema,
  type WatchJobResponse,
  WatchJobResponseSchema,
} from "../../src/gen/rekindle/jobs/v1/jobs_service_pb";
import { failure } from "../backend/failure";

const UNAVAILABLE = failure(Code.Unavailable, "UNAVAILABLE", "away");

function job(revision: number, state: JobState, percent = 0, attempt = 1): Job {
  const progress = create(JobProgressSchema, { percent, sequence: BigInt(percent), attempt });
  return create(JobSchema, { id: "job", revision: BigInt(revision), state, attempt, progress });
}

function news(at: Job, eventId = `e${at.revision}`): WatchJobResponse {
  return create(WatchJobResponseSchema, { job: at, eventId });
}

type Step = WatchJobResponse | Error | "silence";

/** A source that plays one list of steps for each stream, and one job or error for each question. */
function source(streams: Step[][], answers: (Job | Error)[] = []) {
  const resumes: string[] = [];
  let asked = 0;
  const played: JobSource = {
    async *watchJob({ resumeAfter }, { signal }) {
      resumes.push(resumeAfter);
      for (const step of streams[resumes.length - 1] ?? [UNAVAILABLE]) {
        if (step instanceof Error) {
          throw step;
        }
        if (step === "silence") {
          await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
        } else {
          yield step;
        }
      }
    },
    async getJob() {
      const answer = answers[Math.min(asked++, answers.length - 1)];
      if (answer === undefined || answer instanceof Error) {
        throw answer ?? UNAVAILABLE;
      }
      return create(GetJobResponseSchema, { job: answer });
    },
  };
  return { played, resumes, asked: () => asked };
}

async function collect(played: JobSource, options: { silenceMillisMax?: number } = {}) {
  const waits: number[] = [];
  const seen: JobNews[] = [];
  const controller = new AbortController();
  const wait = async (millis: number) => {
    waits.push(millis);
    if (waits.length > 40) {
      throw new Error("watched without an end");
    }
  };
  for await (const item of watchJob(played, "job", { signal: controller.signal, wait, random: () => 1, ...options })) {
    seen.push(item);
  }
  return { seen, waits, percents: seen.map(({ job: at }) => at.progress?.percent) };
}

describe("watching a job (WEB-02, JOB-06)", () => {
  it("tells every change until the job has ended", async () => {
    const { played, resumes } = source([
      [news(job(1, JobState.QUEUED)), news(job(2, JobState.PROCESSING, 50)), news(job(3, JobState.COMPLETED, 100))],
    ]);
    const { percents, waits } = await collect(played);
    expect(percents).toEqual([0, 50, 100]);
    expect(resumes).toEqual([""]);
    expect(waits).toEqual([]);
  });

  it("goes on after the last change when the stream breaks", async () => {
    const { played, resumes } = source([
      [news(job(1, JobState.QUEUED)), news(job(2, JobState.PROCESSING, 10)), UNAVAILABLE],
      [news(job(3, JobState.PROCESSING, 60)), news(job(4, JobState.COMPLETED, 100))],
    ]);
    const { percents } = await collect(played);
    expect(resumes).toEqual(["", "e2"]);
    expect(percents).toEqual([0, 10, 60, 100]);
  });

  it("takes up a stream that ended before the job did", async () => {
    const { played, resumes } = source([[news(job(1, JobState.QUEUED))], [news(job(2, JobState.FAILED))]]);
    const { seen } = await collect(played);
    expect(seen.at(-1)?.job.state).toBe(JobState.FAILED);
    expect(resumes).toEqual(["", "e1"]);
  });

  it("keeps the resume point over messages that have none", async () => {
    const { played, resumes } = source([
      [news(job(1, JobState.PROCESSING, 1), "e1"), news(job(1, JobState.PROCESSING, 20), ""), UNAVAILABLE],
      [news(job(2, JobState.COMPLETED, 100))],
    ]);
    await collect(played);
    expect(resumes).toEqual(["", "e1"]);
  });

  it("never tells what is older than what it told", async () => {
    const { played } = source([
      [news(job(5, JobState.PROCESSING, 70)), UNAVAILABLE],
      [
        news(job(4, JobState.PROCESSING, 30)),
        news(job(5, JobState.PROCESSING, 40)),
        news(job(6, JobState.COMPLETED, 100)),
      ],
    ]);
    expect((await collect(played)).percents).toEqual([70, 100]);
  });

  it("waits longer after each failure in a row, and briefly again after a success", async () => {
    const { played } = source([
      [UNAVAILABLE],
      [UNAVAILABLE],
      [UNAVAILABLE],
      [news(job(1, JobState.QUEUED)), UNAVAILABLE],
      [news(job(2, JobState.COMPLETED, 100))],
    ]);
    expect((await collect(played)).waits).toEqual([500, 1000, 2000, 500]);
  });

  it("asks for the job while streams cannot be had, and says so", async () => {
    const { played, asked } = source([], [job(1, JobState.PROCESSING, 20), job(2, JobState.COMPLETED, 100)]);
    const { seen, percents } = await collect(played);
    expect(percents).toEqual([20, 100]);
    expect(seen.every(({ liveliness }) => liveliness === "asking")).toBe(true);
    expect(asked()).toBe(2);
  });

  it("opens a stream anew that says nothing for long", async () => {
    const { played, resumes } = source([
      [news(job(1, JobState.QUEUED)), "silence"],
      [news(job(2, JobState.COMPLETED, 100))],
    ]);
    await collect(played, { silenceMillisMax: 20 });
    expect(resumes).toEqual(["", "e1"]);
  });

  it("begins anew when the server no longer knows the resume point", async () => {
    const { played, resumes } = source([
      [news(job(1, JobState.QUEUED)), UNAVAILABLE],
      [failure(Code.InvalidArgument, "INVALID_TOKEN", "unknown event")],
      [news(job(2, JobState.COMPLETED, 100))],
    ]);
    await collect(played);
    expect(resumes).toEqual(["", "e1", ""]);
  });

  it.each([
    [Code.NotFound, "NOT_FOUND"],
    [Code.Unauthenticated, "UNAUTHENTICATED"],
    [Code.PermissionDenied, "PERMISSION_DENIED"],
  ])("gives up where trying again is of no use: %s %s", async (code, reason) => {
    const { played, resumes } = source([[failure(code, reason, "no")]]);
    await expect(collect(played)).rejects.toMatchObject({ reason });
    expect(resumes).toHaveLength(1);
  });

  it("ends with its signal, also in the middle of a wait", async () => {
    const { played } = source([[news(job(1, JobState.QUEUED)), UNAVAILABLE]]);
    const controller = new AbortController();
    const wait = vi.fn(async (_: number, signal: AbortSignal) => {
      controller.abort();
      signal.throwIfAborted();
    });
    const watched = async () => {
      for await (const _ of watchJob(played, "job", { signal: controller.signal, wait })) {
        // Only the end matters here.
      }
    };
    await expect(watched()).rejects.toMatchObject({ name: "AbortError" });
    expect(wait).toHaveBeenCalledOnce();
  });
});

describe("what is stale", () => {
  it("is an older revision, or older progress of the same attempt", () => {
    const known = job(5, JobState.PROCESSING, 50, 2);
    expect(isStale(null, known)).toBe(false);
    expect(isStale(known, job(6, JobState.PROCESSING, 0, 3))).toBe(false);
    expect(isStale(known, job(5, JobState.PROCESSING, 60, 2))).toBe(false);
    expect(isStale(known, job(5, JobState.PROCESSING, 40, 2))).toBe(true);
    expect(isStale(known, job(5, JobState.PROCESSING, 90, 1))).toBe(true);
    expect(isStale(known, job(4, JobState.COMPLETED, 100, 2))).toBe(true);
  });
});
