import { api } from "../api/clients";
import { JobState } from "../gen/rekindle/jobs/v1/job_pb";
import { resultOf } from "../home/recent";
import { Link, paths } from "../lib/router";
import { useLoad } from "../lib/useLoad";
import { text } from "../text";
import { PhotoImage } from "../ui/PhotoImage";

/** What was made of this photo before. Nothing where nothing was. */
export function EarlierResults({ photoId }: { photoId: string }) {
  const jobs = useLoad(
    async (signal) =>
      (await api.jobs.listJobs({ photoId, states: [JobState.COMPLETED], pageSize: 12 }, { signal })).jobs,
    [photoId],
  );
  if (jobs.data === null || jobs.data.length === 0) {
    return null;
  }
  return (
    <section aria-labelledby="earlier" className="grid gap-3">
      <h2 id="earlier" className="text-xl">
        {text.photo.earlier}
      </h2>
      <ul className="grid grid-cols-3 gap-3">
        {jobs.data.map((job) => (
          <li key={job.id}>
            <Link href={paths.job(job.id)} className="print block transition hover:-translate-y-0.5">
              <PhotoImage
                photoId={photoId}
                variant={resultOf(job, true) ?? "thumb_300"}
                alt={text.jobTypes[job.type] ?? text.job.resultAlt}
                className="aspect-square w-full object-cover"
              />
              <span className="block truncate pt-1.5 text-xs font-semibold text-[#2a2018]">
                {text.jobTypes[job.type]}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
