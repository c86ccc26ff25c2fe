import { useState } from "react";
import { api } from "../api/clients";
import { useLiveEvents } from "../api/liveEvents";
import { JobState } from "../gen/rekindle/jobs/v1/job_pb";
import { usePages } from "../lib/usePages";
import { PageTitle } from "../shell/Shell";
import { text } from "../text";
import { Button } from "../ui/Button";
import { ErrorNote } from "../ui/ErrorNote";
import { Loading } from "../ui/Loading";
import { Segmented } from "../ui/Segmented";
import { byDay } from "./days";
import { JobRow } from "./JobRow";

type Filter = keyof typeof text.history.filters;

const STATES: Record<Filter, JobState[]> = {
  all: [],
  open: [JobState.PENDING, JobState.QUEUED, JobState.PROCESSING, JobState.RETRY_SCHEDULED],
  done: [JobState.COMPLETED],
  failed: [JobState.FAILED, JobState.CANCELLED],
};

const PAGE_SIZE = 20;

/** Every job, newest first, with filters. */
export default function HistoryPage() {
  const [filter, setFilter] = useState<Filter>("all");
  const jobs = usePages(
    async (pageToken, signal) => {
      const answer = await api.jobs.listJobs({ pageSize: PAGE_SIZE, pageToken, states: STATES[filter] }, { signal });
      return { items: answer.jobs, nextPageToken: answer.nextPageToken };
    },
    [filter],
  );
  useLiveEvents((event) => {
    const ended =
      event !== null && ["job.completed", "job.failed", "job.cancelled", "job.created"].includes(event.type);
    // A list read far down is left as it is: reloading would throw the reader back to the top.
    if ((event === null || ended) && jobs.items.length <= PAGE_SIZE) {
      jobs.reload();
    }
  });

  return (
    <div className="mx-auto grid max-w-3xl gap-6">
      <div className="grid gap-1">
        <PageTitle>{text.history.title}</PageTitle>
        <p className="text-soft">{text.history.lead}</p>
      </div>
      <Segmented
        quiet
        legend={text.history.filter}
        value={filter}
        onChange={setFilter}
        choices={(Object.keys(STATES) as Filter[]).map((value) => ({ value, label: text.history.filters[value] }))}
      />
      {jobs.error !== null && <ErrorNote error={jobs.error} onRetry={jobs.reload} />}
      {jobs.items.length === 0 && jobs.loading && <Loading />}
      {jobs.items.length === 0 && !jobs.loading && jobs.error === null && <Empty filtered={filter !== "all"} />}
      <div className={`grid gap-7 transition-opacity ${jobs.loading ? "opacity-70" : ""}`}>
        {byDay(jobs.items).map(({ day, jobs: ofDay }) => (
          <section key={day} aria-label={day} className="grid gap-2.5">
            <h2 className="text-lg text-soft">{day}</h2>
            <ul className="sheet divide-y divide-line overflow-hidden rounded-2xl">
              {ofDay.map((job) => (
                <JobRow key={job.id} job={job} />
              ))}
            </ul>
          </section>
        ))}
      </div>
      {jobs.more !== null && (
        <Button className="justify-self-center" disabled={jobs.loading} onClick={jobs.more}>
          {text.app.more}
        </Button>
      )}
    </div>
  );
}

function Empty({ filtered }: { filtered: boolean }) {
  return (
    <div className="grid justify-items-center gap-1 rounded-3xl border-2 border-dashed border-line px-6 py-14 text-center">
      <p className="font-display text-xl">{filtered ? text.history.emptyFilter : text.history.empty}</p>
      {!filtered && <p className="text-soft">{text.history.emptyHint}</p>}
    </div>
  );
}
