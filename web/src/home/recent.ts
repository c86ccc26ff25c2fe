import { api } from "../api/clients";
import { type Job, type JobOutput, JobState } from "../gen/rekindle/jobs/v1/job_pb";
import type { Photo } from "../gen/rekindle/jobs/v1/photo_pb";

/** A photo with the newest job made of it. */
export interface RecentPhoto {
  photo: Photo;
  newest: Job | null;
  /** The newest job that has a result. */
  result: Job | null;
}

const JOBS_MAX = 100;

/** Puts photos and jobs, both newest first, together. */
export function withJobs(photos: readonly Photo[], jobs: readonly Job[]): RecentPhoto[] {
  return photos.map((photo) => {
    const mine = jobs.filter((job) => job.photoIds.includes(photo.id));
    return {
      photo,
      newest: mine[0] ?? null,
      result: mine.find((job) => job.state === JobState.COMPLETED && resultOf(job) !== null) ?? null,
    };
  });
}

/** The output that is shown: for a grid a small one where there is one, and never a video. */
export function resultOf(job: Job, small = false): string | null {
  const outputs = small ? job.outputs.filter((output) => !isVideo(output)) : job.outputs;
  const named = (name: string) => outputs.find((output) => output.name === name);
  const output = (small ? named("result_small") : undefined) ?? named("result") ?? outputs[0];
  return output?.id ?? null;
}

export function isVideo(output: JobOutput): boolean {
  return output.contentType.startsWith("video/");
}

/** A small form of a photo that exists already. */
export function thumbOf(photo: Photo, wanted: "thumb_150" | "thumb_300" | "thumb_600" = "thumb_300"): string | null {
  const names = photo.variants.map(({ name }) => name);
  return [wanted, "thumb_300", "thumb_600", "prepared", "thumb_150"].find((name) => names.includes(name)) ?? null;
}

export async function loadRecent(pageToken: string, signal: AbortSignal) {
  const [photos, jobs] = await Promise.all([
    api.photos.listPhotos({ pageSize: 18, pageToken }, { signal }),
    api.jobs.listJobs({ pageSize: JOBS_MAX }, { signal }),
  ]);
  return { items: withJobs(photos.photos, jobs.jobs), nextPageToken: photos.nextPageToken };
}
