import { Bell, BellRing, WifiOff } from "lucide-react";
import { type CSSProperties, useState } from "react";
import type { Liveliness } from "../api/watchJob";
import { type Job, JobState } from "../gen/rekindle/jobs/v1/job_pb";
import type { Photo } from "../gen/rekindle/jobs/v1/photo_pb";
import { useStore } from "../lib/store";
import { workOfJob } from "../photo/options";
import { text } from "../text";
import { dateOf, formatRange, formatTime } from "../text/format";
import { Button } from "../ui/Button";
import { Mounted } from "../ui/Mounted";
import { PhotoImage } from "../ui/PhotoImage";
import { ProgressBar } from "../ui/ProgressBar";
import { CancelJob } from "./CancelJob";
import { canNotify, tellWhenDone, toldOf } from "./notify";
import { pictureOf } from "./picture";
import { StageList } from "./StageList";
import type { Stages } from "./stages";

interface RunningViewProps {
  job: Job;
  photo: Photo | null;
  stages: Stages;
  liveliness: Liveliness;
}

/** A job in line or at work: the print comes up in its tray as the work goes on. */
export function RunningView({ job, photo, stages, liveliness }: RunningViewProps) {
  const working = job.state === JobState.PROCESSING;
  const percent = working ? (job.progress?.percent ?? 0) : 0;
  return (
    <div className="grid gap-8 lg:grid-cols-[1fr_24rem] lg:gap-12">
      <DevelopingTray job={job} photo={photo} percent={percent} working={working} />
      <div className="grid content-start gap-5">
        <div className="sheet grid gap-4 rounded-3xl p-5">
          {working ? <Working job={job} percent={percent} /> : <Waiting job={job} />}
        </div>
        {stages.seen.length > 0 && working && <StageList stages={stages} work={workOfJob(job)} />}
        {liveliness === "asking" && (
          <p role="status" className="flex items-center gap-2 text-sm text-soft">
            <WifiOff size={16} aria-hidden />
            {text.job.reconnecting}
          </p>
        )}
        <div className="flex flex-wrap items-center gap-2">
          <TellMe jobId={job.id} />
          <CancelJob job={job} />
        </div>
      </div>
    </div>
  );
}

interface DevelopingTrayProps {
  job: Job;
  photo: Photo | null;
  percent: number;
  working: boolean;
}

function DevelopingTray({ job, photo, percent, working }: DevelopingTrayProps) {
  const { variant, aspect } = pictureOf(photo);
  const photoId = job.photoIds[0] ?? "";
  return (
    <div className="tray grid place-items-center rounded-[2rem] p-5 md:p-10">
      <div
        className="w-full max-w-[calc(38dvh*var(--aspect))] md:max-w-[calc(54dvh*var(--aspect))]"
        style={{ "--aspect": aspect } as CSSProperties}
      >
        <Mounted className="rotate-[-0.6deg]">
          <div className="relative overflow-hidden bg-[#e9dfcc]" style={{ aspectRatio: aspect }}>
            <PhotoImage
              photoId={photoId}
              variant={photo === null ? null : variant}
              alt={text.photo.alt(photo?.filename ?? "")}
              className="developing size-full object-cover"
              style={{ "--developed": percent / 100 } as CSSProperties}
            />
            {working && <span className="safelight" aria-hidden />}
          </div>
        </Mounted>
      </div>
    </div>
  );
}

function Working({ job, percent }: { job: Job; percent: number }) {
  const remaining = formatRange(job.progress?.remaining);
  return (
    <>
      <div className="flex items-baseline justify-between gap-3">
        <p className="text-4xl font-bold tabular-nums">{text.job.percent(Math.floor(percent))}</p>
        <p className="text-soft">
          {remaining === null ? text.job.states[JobState.PROCESSING] : text.job.remaining(remaining)}
        </p>
      </div>
      <ProgressBar percent={percent} label={text.job.states[JobState.PROCESSING] ?? ""} />
      {job.attempt > 1 && <p className="text-sm text-soft">{text.job.attempt(job.attempt, job.attemptsMax)}</p>}
    </>
  );
}

function Waiting({ job }: { job: Job }) {
  if (job.state === JobState.PENDING) {
    return <p className="font-display text-xl">{text.job.pending}</p>;
  }
  if (job.state === JobState.RETRY_SCHEDULED) {
    const time = dateOf(job.retryTime);
    return (
      <>
        <p className="font-display text-xl">{text.job.states[JobState.RETRY_SCHEDULED]}</p>
        {job.error !== undefined && <p>{job.error.message}</p>}
        {time !== null && <p className="text-soft">{text.job.retryAt(formatTime(time))}</p>}
        <p className="text-sm text-soft">{text.job.attempt(job.attempt, job.attemptsMax)}</p>
      </>
    );
  }
  const position = Number(job.queue?.position ?? 0n);
  const wait = formatRange(job.queue?.wait);
  return (
    <>
      <p className="font-display text-2xl" aria-live="polite">
        {position > 0 ? text.job.position(position) : text.job.queued}
      </p>
      {wait !== null && <p className="text-soft">{text.job.waitAbout(wait)}</p>}
      {position > 0 && <Line position={position} />}
    </>
  );
}

/** The line as little prints: those before, and one's own. */
function Line({ position }: { position: number }) {
  const before = Math.min(position - 1, 9);
  return (
    <div className="flex items-end gap-1.5" aria-hidden>
      <span className="h-9 w-7 rounded-[2px] bg-flame shadow-print" />
      {Array.from({ length: before }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the prints have no identity
        <span key={i} className="h-7 w-5.5 rounded-[2px] bg-line" />
      ))}
      {position - 1 > before && <span className="text-soft">…</span>}
    </div>
  );
}

function TellMe({ jobId }: { jobId: string }) {
  const told = useStore(toldOf).has(jobId);
  const [denied, setDenied] = useState(false);
  if (told) {
    return (
      <p className="inline-flex items-center gap-2 text-sm font-semibold text-moss">
        <BellRing size={18} aria-hidden />
        {text.job.notifyOn}
      </p>
    );
  }
  if (denied) {
    return <p className="text-sm text-soft">{text.job.notifyDenied}</p>;
  }
  return canNotify() ? (
    <Button
      size="small"
      icon={<Bell size={18} aria-hidden />}
      onClick={async () => setDenied(!(await tellWhenDone(jobId)))}
    >
      {text.job.notify}
    </Button>
  ) : null;
}
