import { JobState } from "../gen/rekindle/jobs/v1/job_pb";
import { PhotoState } from "../gen/rekindle/jobs/v1/photo_pb";
import { Link, paths } from "../lib/router";
import { text } from "../text";
import { PhotoImage } from "../ui/PhotoImage";
import { LocalPreview } from "../uploads/Tray";
import { useOwnUpload } from "../uploads/useOwnUpload";
import { type RecentPhoto, resultOf, thumbOf } from "./recent";

/** A small, steady turn for each print, so that the box does not look like a table. */
function turnOf(id: string): number {
  let sum = 0;
  for (const character of id) {
    sum = (sum * 31 + character.charCodeAt(0)) % 997;
  }
  return ((sum % 7) - 3) * 0.45;
}

function badgeOf({ photo, newest }: RecentPhoto): { words: string; look: string } | null {
  if (photo.state === PhotoState.PREPARING) {
    return { words: text.photo.preparing, look: "bg-flame-wash text-ink" };
  }
  if (photo.state === PhotoState.FAILED) {
    return { words: text.photo.failed, look: "bg-grease-wash text-grease" };
  }
  switch (newest?.state) {
    case undefined:
    case JobState.UNSPECIFIED:
    case JobState.CANCELLED:
      return null;
    case JobState.COMPLETED:
      return { words: text.jobTypes[newest.type] ?? text.job.states[5] ?? "", look: "bg-moss-wash text-moss" };
    case JobState.FAILED:
      return { words: text.job.states[6] ?? "", look: "bg-grease-wash text-grease" };
    case JobState.PENDING:
    case JobState.QUEUED:
    case JobState.PROCESSING:
    case JobState.RETRY_SCHEDULED:
      return { words: text.job.states[newest.state] ?? "", look: "bg-flame-wash text-ink" };
  }
}

function hrefOf({ photo, newest }: RecentPhoto): string {
  return newest === null || newest.state === JobState.CANCELLED ? paths.photo(photo.id) : paths.job(newest.id);
}

/** One print in the box, with its newest result. */
export function PhotoCard({ item }: { item: RecentPhoto }) {
  const { photo, result } = item;
  const own = useOwnUpload(photo.id);
  const badge = badgeOf(item);
  const variant = (result === null ? null : resultOf(result, true)) ?? thumbOf(photo);
  const name = photo.filename || text.home.untitled;
  return (
    <li className="settle" style={{ rotate: `${turnOf(photo.id)}deg` }}>
      <Link
        href={hrefOf(item)}
        className="print group block transition duration-300 ease-settle hover:-translate-y-1 hover:shadow-lift"
      >
        <span className="block aspect-square overflow-hidden bg-[#e3d9c7]">
          {variant === null && own !== undefined ? (
            <LocalPreview upload={own} className="size-full object-cover opacity-70" />
          ) : (
            <PhotoImage
              photoId={photo.id}
              variant={variant}
              alt={text.photo.alt(name)}
              className="size-full object-cover"
            />
          )}
        </span>
        <span className="grid gap-1 px-0.5 pt-2 pb-0.5">
          <span className="truncate text-sm font-semibold text-[#2a2018]">{name}</span>
          <span className="flex min-h-6 items-center">
            {badge !== null && (
              <span className={`truncate rounded-full px-2.5 py-0.5 text-xs font-semibold ${badge.look}`}>
                {badge.words}
              </span>
            )}
          </span>
        </span>
      </Link>
    </li>
  );
}
