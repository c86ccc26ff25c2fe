import type { Job } from "../gen/rekindle/jobs/v1/job_pb";
import { dateOf, formatDay } from "../text/format";

/** Jobs under the day they were made on, newest first. */
export function byDay(jobs: readonly Job[], now: Date = new Date()): { day: string; jobs: Job[] }[] {
  const days: { day: string; jobs: Job[] }[] = [];
  for (const job of jobs) {
    const made = dateOf(job.createTime);
    const day = made === null ? "" : formatDay(made, now);
    const last = days.at(-1);
    if (last?.day === day) {
      last.jobs.push(job);
    } else {
      days.push({ day, jobs: [job] });
    }
  }
  return days;
}
