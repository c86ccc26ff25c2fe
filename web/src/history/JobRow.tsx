import { ChevronRight } from "lucide-react";
import { type Job, JobState } from "../gen/rekindle/jobs/v1/job_pb";
import { resultOf } from "../home/recent";
import { Link, paths } from "../lib/router";
import { text } from "../text";
import { dateOf, formatTime } from "../text/format";
import { PhotoImage } from "../ui/PhotoImage";

const LOOKS: Record<JobState, string> = {
  [JobState.UNSPECIFIED]: "text-soft",
  [JobState.PENDING]: "bg-flame-wash text-ink",
  [JobState.QUEUED]: "bg-flame-wash text-ink",
  [JobState.PROCESSING]: "bg-flame-wash text-ink",
  [JobState.RETRY_SCHEDULED]: "bg-flame-wash text-ink",
  [JobState.COMPLETED]: "bg-moss-wash text-moss",
  [JobState.FAILED]: "bg-grease-wash text-grease",
  [JobState.CANCELLED]: "bg-well text-soft",
};

/** One job in a list. */
export function JobRow({ job }: { job: Job }) {
  const photoId = job.photoIds[0] ?? "";
  const made = dateOf(job.createTime);
  const paid = job.creditCost > 0 && job.state !== JobState.FAILED && job.state !== JobState.CANCELLED;
  return (
    <li>
      <Link href={paths.job(job.id)} className="flex items-center gap-4 p-3 transition hover:bg-well md:px-4">
        <span className="print shrink-0 p-[3px]!">
          <PhotoImage
            photoId={photoId}
            variant={resultOf(job, true) ?? "thumb_150"}
            alt=""
            className="size-14 rounded-[1px] object-cover"
          />
        </span>
        <span className="grid min-w-0 flex-1 gap-1">
          <span className="truncate font-semibold">{text.jobTypeNouns[job.type] ?? text.job.titles.other}</span>
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-soft">
            <span className={`rounded-full px-2.5 py-0.5 text-xs font-semibold ${LOOKS[job.state]}`}>
              {text.job.states[job.state]}
            </span>
            {made !== null && <time dateTime={made.toISOString()}>{formatTime(made)}</time>}
            {paid && <span>{text.history.cost(job.creditCost)}</span>}
          </span>
        </span>
        <ChevronRight size={20} className="shrink-0 text-soft" aria-hidden />
      </Link>
    </li>
  );
}
