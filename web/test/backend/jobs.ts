import { clone, create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Code, type ConnectRouter } from "@connectrpc/connect";
import { JobType } from "../../src/gen/rekindle/common/v1/job_type_pb";
import { Resolution, Tier } from "../../src/gen/rekindle/common/v1/tier_pb";
import { LedgerEntryType } from "../../src/gen/rekindle/credits/v1/account_pb";
import { EngineChoiceSchema, type Job, JobSchema, type JobSpec, JobState } from "../../src/gen/rekindle/jobs/v1/job_pb";
import { JobsService } from "../../src/gen/rekindle/jobs/v1/jobs_service_pb";
import { failure, notFound } from "./failure";
import { range, runJob, type Script } from "./script";
import { book, nextId, touch, type UserState } from "./state";
import type { Users } from "./users";

export const PRICES: Record<number, number> = {
  [JobType.RESTORATION]: 2,
  [JobType.COLOURIZATION]: 3,
  [JobType.COMBINED]: 4,
};

const TERMINAL = [JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED];

function typeOf(spec: JobSpec | undefined): JobType {
  const work = spec?.work.case === "restoration" ? spec.work.value : undefined;
  if (work?.restore && work.colourize) {
    return JobType.COMBINED;
  }
  return work?.colourize ? JobType.COLOURIZATION : JobType.RESTORATION;
}

function engineFor(type: JobType) {
  return create(EngineChoiceSchema, {
    engine: "embedded",
    reason: type === JobType.RESTORATION ? "" : "No cloud engine is set up here.",
  });
}

function jobOf(user: UserState, id: string): Job {
  const job = user.jobs.get(id);
  if (job === undefined) {
    throw notFound("job", id);
  }
  return job;
}

/** The job now and after every change until it has ended. Ends early when the backend drops its streams. */
async function* watch(user: UserState, id: string, drop: AbortSignal, gone: AbortSignal) {
  let wake: () => void = () => undefined;
  let seen = -1n;
  const listener = (changed: string) => changed === id && wake();
  user.listeners.add(listener);
  drop.addEventListener("abort", () => wake());
  gone.addEventListener("abort", () => wake());
  try {
    while (!drop.aborted && !gone.aborted) {
      const next = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const job = jobOf(user, id);
      if (job.revision > seen) {
        seen = job.revision;
        yield { job: clone(JobSchema, job), eventId: `event-${job.revision}`, time: timestampFromMs(Date.now()) };
        if (TERMINAL.includes(job.state)) {
          return;
        }
        continue;
      }
      await next;
    }
  } finally {
    user.listeners.delete(listener);
  }
}

/** JobsService, as far as the app uses it. */
export function jobsRoutes(
  router: ConnectRouter,
  users: Users,
  script: Script,
  streams: { drop: AbortController },
): void {
  router.service(JobsService, {
    quoteJob(request, context) {
      const user = users.of(context);
      const type = typeOf(request.spec);
      const cost = PRICES[type] ?? 0;
      return {
        creditCost: cost,
        balance: user.balance,
        affordable: user.balance >= cost,
        limits: { tier: Tier.FREE, resolutionMax: Resolution.RESOLUTION_480P, watermark: true },
        resolution: Resolution.RESOLUTION_480P,
        watermark: true,
        lane: "free_tier",
        engine: engineFor(type),
        wait: range(5, 20),
        run: range(15, 40),
      };
    },
    createJob(request, context) {
      const user = users.of(context);
      const known = user.jobs.get(user.requests.get(request.requestId) ?? "");
      if (known !== undefined) {
        return { job: known };
      }
      const type = typeOf(request.spec);
      const cost = PRICES[type] ?? 0;
      if (user.balance < cost) {
        throw failure(
          Code.FailedPrecondition,
          "INSUFFICIENT_CREDITS",
          `the balance is ${user.balance}, the job costs ${cost}`,
        );
      }
      const job = create(JobSchema, {
        id: nextId(),
        userId: user.name,
        photoIds: request.photoIds,
        ...(request.spec === undefined ? {} : { spec: request.spec }),
        type,
        state: JobState.PENDING,
        lane: "free_tier",
        creditCost: cost,
        attemptsMax: 3,
        engine: engineFor(type),
        watermark: true,
        createTime: timestampFromMs(Date.now()),
      });
      user.requests.set(request.requestId, job.id);
      book(user, LedgerEntryType.DEDUCTION, -cost, job.id, "");
      touch(user, job);
      void runJob(user, job, script);
      return { job: clone(JobSchema, job) };
    },
    getJob(request, context) {
      return { job: clone(JobSchema, jobOf(users.of(context), request.jobId)) };
    },
    listJobs(request, context) {
      const all = [...users.of(context).jobs.values()]
        .filter((job) => job.type !== JobType.PREPARATION)
        .filter((job) => request.states.length === 0 || request.states.includes(job.state))
        .filter((job) => request.photoId === "" || job.photoIds.includes(request.photoId))
        .sort((a, b) => (a.id < b.id ? 1 : -1));
      const from = Number(request.pageToken || "0");
      const to = from + (request.pageSize || 20);
      return { jobs: all.slice(from, to), nextPageToken: to < all.length ? String(to) : "" };
    },
    cancelJob(request, context) {
      const user = users.of(context);
      const job = jobOf(user, request.jobId);
      if (TERMINAL.includes(job.state)) {
        throw failure(Code.FailedPrecondition, "STATE_CONFLICT", `job ${job.id} has ended already`);
      }
      job.state = JobState.CANCELLED;
      book(user, LedgerEntryType.REFUND, job.creditCost, job.id, "Cancelled");
      touch(user, job);
      return { job: clone(JobSchema, job) };
    },
    retryJob(request, context) {
      const user = users.of(context);
      const job = jobOf(user, request.jobId);
      if (job.state !== JobState.FAILED) {
        throw failure(Code.FailedPrecondition, "STATE_CONFLICT", `job ${job.id} did not fail`);
      }
      book(user, LedgerEntryType.DEDUCTION, -job.creditCost, job.id, "Tried again");
      delete job.error;
      job.state = JobState.PENDING;
      touch(user, job);
      void runJob(user, job, script);
      return { job: clone(JobSchema, job) };
    },
    async *watchJob(request, context) {
      const user = users.of(context);
      jobOf(user, request.jobId);
      yield* watch(user, request.jobId, streams.drop.signal, context.signal);
      const ended = TERMINAL.includes(user.jobs.get(request.jobId)?.state ?? JobState.UNSPECIFIED);
      if (!ended && !context.signal.aborted) {
        throw failure(Code.Unavailable, "UNAVAILABLE", "the stream was dropped");
      }
    },
  });
}
