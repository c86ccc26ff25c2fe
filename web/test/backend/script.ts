import { create } from "@bufbuild/protobuf";
import { durationFromMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import { FailureClass, Reason } from "../../src/gen/rekindle/common/v1/failure_pb";
import { MediaMetadataSchema, MediaType } from "../../src/gen/rekindle/common/v1/media_pb";
import { LedgerEntryType } from "../../src/gen/rekindle/credits/v1/account_pb";
import { JobErrorSchema } from "../../src/gen/rekindle/jobs/v1/job_error_pb";
import {
  DurationRangeSchema,
  type Job,
  JobOutputSchema,
  JobProgressSchema,
  JobState,
  QueuePositionSchema,
} from "../../src/gen/rekindle/jobs/v1/job_pb";
import { pictureFor, sizeOf } from "./pictures";
import { book, nextId, touch, type UserState } from "./state";

/** How the scripted worker goes about jobs; tests change it. */
export interface Script {
  /** Milliseconds between two news. */
  beatMillis: number;
  /** How many jobs are ahead of a new one. */
  ahead: number;
  /** The upload or job stays at this point for as long as it is named here. */
  holdAt: "upload" | "preparation" | "queue" | "work" | null;
}

/** The stages of the pipeline and the percent at which each ends. */
const STAGES: readonly [string, number][] = [
  ["fetch_photo", 6],
  ["validate", 8],
  ["orient", 12],
  ["restore", 84],
  ["watermark", 86],
  ["write_result", 90],
  ["check_result", 94],
  ["make_small_result", 96],
  ["store", 100],
];

export function range(lowSeconds: number, highSeconds: number) {
  return create(DurationRangeSchema, {
    low: durationFromMs(lowSeconds * 1000),
    high: durationFromMs(highSeconds * 1000),
  });
}

const pause = (millis: number) => new Promise((resolve) => setTimeout(resolve, millis));

function cancelled(user: UserState, job: Job): boolean {
  return user.jobs.get(job.id)?.state === JobState.CANCELLED;
}

export async function held(
  script: Script,
  point: "preparation" | "queue" | "work",
  user: UserState,
  job: Job,
): Promise<void> {
  while (script.holdAt === point && !cancelled(user, job)) {
    await pause(script.beatMillis / 2);
  }
}

/** Takes a job from its lane to its end, telling everything on the way. */
export async function runJob(user: UserState, job: Job, script: Script): Promise<void> {
  for (let before = script.ahead; before >= 0; before--) {
    job.state = JobState.QUEUED;
    job.queue = create(QueuePositionSchema, {
      position: BigInt(before + 1),
      waiting: BigInt(before + 4),
      wait: range(6 + before * 12, 14 + before * 25),
    });
    touch(user, job);
    await pause(script.beatMillis * 3);
    await held(script, "queue", user, job);
    if (cancelled(user, job)) {
      return;
    }
  }
  job.state = JobState.PROCESSING;
  delete job.queue;
  job.attempt++;
  job.startTime = timestampFromMs(Date.now());
  const work = job.spec?.work.case === "restoration" ? job.spec.work.value : undefined;
  const filename = user.photos.get(job.photoIds[0] ?? "")?.filename ?? "";
  let sequence = 0n;
  let start = 0;
  for (const [stage, end] of STAGES) {
    for (let percent = start; percent < end; percent += 6) {
      job.progress = create(JobProgressSchema, {
        percent,
        stage,
        stagePercent: ((percent - start) / (end - start)) * 100,
        sequence: ++sequence,
        attempt: job.attempt,
        remaining: range(Math.round((100 - percent) / 8), Math.round((100 - percent) / 4)),
        updateTime: timestampFromMs(Date.now()),
      });
      touch(user, job);
      await pause(script.beatMillis);
      if (percent > 40) {
        await held(script, "work", user, job);
      }
      if (cancelled(user, job)) {
        return;
      }
    }
    start = end;
    if (stage === "restore" && filename.includes("fail") && job.attempt === 1) {
      failJob(user, job);
      return;
    }
  }
  complete(user, job, work?.restore ?? false, work?.colourize ?? false);
}

function failJob(user: UserState, job: Job): void {
  job.state = JobState.FAILED;
  job.error = create(JobErrorSchema, {
    reason: Reason.ENGINE_FAILED,
    message: "The engine gave up on this photo: it could not tell damage from picture.",
    retryable: true,
    failureClass: FailureClass.DEPENDENCY,
    stage: "restore",
  });
  job.endTime = timestampFromMs(Date.now());
  book(user, LedgerEntryType.REFUND, job.creditCost, job.id, "The job did not work out");
  touch(user, job);
}

function complete(user: UserState, job: Job, restore: boolean, colourize: boolean): void {
  const photo = user.photos.get(job.photoIds[0] ?? "");
  const original = user.contents.get(`${photo?.id}/original`) ?? Buffer.alloc(0);
  const bytes = pictureFor(photo?.filename ?? "", colourize ? "colour" : "restored") ?? original;
  const size = sizeOf(bytes);
  const output = create(JobOutputSchema, {
    id: nextId(),
    name: "result",
    contentType: "image/jpeg",
    metadata: create(MediaMetadataSchema, { type: MediaType.JPEG, sizeBytes: BigInt(bytes.length), ...size }),
    createTime: timestampFromMs(Date.now()),
  });
  user.contents.set(`${photo?.id}/${output.id}`, bytes);
  job.outputs = [output];
  job.state = JobState.COMPLETED;
  job.progress = create(JobProgressSchema, {
    percent: 100,
    stage: "store",
    stagePercent: 100,
    sequence: 9999n,
    attempt: job.attempt,
  });
  job.report = [
    ...(restore
      ? ["Mended 41 scratches and 118 specks of dust", "Cleared up film grain", "Brought the faded greys back"]
      : []),
    ...(colourize ? ["Tinted skin and lips of one face", "Toned the rest warm"] : []),
  ];
  job.endTime = timestampFromMs(Date.now());
  touch(user, job);
}
