import { useEffect, useRef } from "react";
import { useLiveEvents } from "../api/liveEvents";
import { isTerminal } from "../api/watchJob";
import { session } from "../auth/session";
import { PhotoState } from "../gen/rekindle/jobs/v1/photo_pb";
import { useStore } from "../lib/store";
import { usePages } from "../lib/usePages";
import { PageTitle } from "../shell/Shell";
import { text } from "../text";
import { Button } from "../ui/Button";
import { ErrorNote } from "../ui/ErrorNote";
import { Loading } from "../ui/Loading";
import { Tray } from "../uploads/Tray";
import { uploads } from "../uploads/uploads";
import { PhotoCard } from "./PhotoCard";
import { loadRecent, type RecentPhoto } from "./recent";
import { UploadBox } from "./UploadBox";

const RELOAD_MILLIS_MIN = 1_500;

/** Reloads when something of the list has changed, not more often than it can be seen. */
function useReloadOnEvents(reload: () => void): void {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  useLiveEvents((event) => {
    const moves = event === null || /^(job|photo)\./.test(event.type);
    if (moves && event?.type !== "job.progress" && timer.current === undefined) {
      timer.current = setTimeout(() => {
        timer.current = undefined;
        reload();
      }, RELOAD_MILLIS_MIN);
    }
  });
}

const ASK_MILLIS = 15_000;

/** Asks now and then while something in the list moves, for days on which no events come. */
function useAskWhileMoving(items: readonly RecentPhoto[], reload: () => void): void {
  const moving = items.some(
    ({ photo, newest }) => photo.state === PhotoState.PREPARING || (newest !== null && !isTerminal(newest.state)),
  );
  useEffect(() => {
    if (!moving) {
      return;
    }
    const timer = setInterval(() => document.visibilityState === "visible" && reload(), ASK_MILLIS);
    return () => clearInterval(timer);
  }, [moving, reload]);
}

/** The box of photos: what comes in, what is on its way, what is there. */
export function HomePage() {
  const name = useStore(session)?.name ?? "";
  const done = useStore(uploads).filter(({ phase }) => phase === "done").length;
  const recent = usePages(loadRecent, [done]);
  useReloadOnEvents(recent.reload);
  useAskWhileMoving(recent.items, recent.reload);

  return (
    <div className="grid gap-8">
      <PageTitle>{text.home.title(name)}</PageTitle>
      <Tray />
      <UploadBox compact={recent.items.length > 0} />
      <section aria-labelledby="recent" className="grid gap-4">
        <h2 id="recent" className="text-xl">
          {text.home.recent}
        </h2>
        {recent.error !== null && <ErrorNote error={recent.error} onRetry={recent.reload} />}
        {recent.items.length > 0 && (
          <ul className="grid grid-cols-2 gap-x-4 gap-y-6 sm:grid-cols-3 lg:grid-cols-4 xl:grid-cols-5">
            {recent.items.map((item) => (
              <PhotoCard key={item.photo.id} item={item} />
            ))}
          </ul>
        )}
        {recent.items.length === 0 && recent.loading && <Loading />}
        {recent.items.length === 0 && !recent.loading && recent.error === null && (
          <div className="grid justify-items-center gap-1 rounded-3xl border-2 border-dashed border-line px-6 py-12 text-center">
            <p className="font-display text-xl">{text.home.empty}</p>
            <p className="text-soft">{text.home.emptyHint}</p>
          </div>
        )}
        {recent.more !== null && (
          <Button className="justify-self-center" disabled={recent.loading} onClick={recent.more}>
            {text.app.more}
          </Button>
        )}
      </section>
    </div>
  );
}
