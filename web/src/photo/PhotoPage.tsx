import { type CSSProperties, type ReactNode, useRef, useState } from "react";
import { api } from "../api/clients";
import { wordsForJobError } from "../api/errors";
import { type Photo, PhotoState } from "../gen/rekindle/jobs/v1/photo_pb";
import { thumbOf } from "../home/recent";
import { useLoad } from "../lib/useLoad";
import { NotFoundPage } from "../shell/NotFoundPage";
import { PageTitle } from "../shell/Shell";
import { text } from "../text";
import { Button } from "../ui/Button";
import { ErrorNote } from "../ui/ErrorNote";
import { Loading } from "../ui/Loading";
import { Mounted } from "../ui/Mounted";
import { PhotoImage } from "../ui/PhotoImage";
import { ProgressBar } from "../ui/ProgressBar";
import { RangeField } from "../ui/RangeField";
import { useZoom, type Zoom } from "../ui/useZoom";
import { ZoomButtons } from "../ui/ZoomButtons";
import { LocalPreview } from "../uploads/Tray";
import { useOwnUpload } from "../uploads/useOwnUpload";
import { ColourPreview } from "./colours/ColourPreview";
import { DeletePhoto } from "./DeletePhoto";
import { EarlierResults } from "./EarlierResults";
import { HintsLayer } from "./HintsLayer";
import { HintsPanel } from "./HintsPanel";
import { HintsTools } from "./HintsTools";
import { colourizes, type Options, optionsOf, restores, START } from "./options";
import { QuotePanel } from "./QuotePanel";
import { StartButton } from "./StartButton";
import { type Hinting, useHinting } from "./useHinting";
import { usePhoto } from "./usePhoto";
import { useQuote } from "./useQuote";
import { WorkChoice } from "./WorkChoice";

interface PhotoPageProps {
  photoId: string;
  /** Begins with the options of this job. */
  likeJobId: string | null;
}

/** A photo, and what can be done to it. */
export default function PhotoPage({ photoId, likeJobId }: PhotoPageProps) {
  const watched = usePhoto(photoId);
  const like = useLoad(
    async (signal) =>
      likeJobId === null ? null : ((await api.jobs.getJob({ jobId: likeJobId }, { signal })).job ?? null),
    [likeJobId],
  );
  const { photo, error } = watched;
  if (error?.reason === "NOT_FOUND") {
    return <NotFoundPage />;
  }
  if (photo === null || like.loading) {
    return error === null ? <Loading /> : <ErrorNote error={error} onRetry={watched.reload} />;
  }
  if (photo.state === PhotoState.FAILED) {
    return <Unreadable photo={photo} />;
  }
  const start = like.data === null ? START : optionsOf(like.data);
  return <Bench photo={photo} preparedPercent={watched.preparedPercent} start={start} />;
}

function Unreadable({ photo }: { photo: Photo }) {
  return (
    <div className="mx-auto grid max-w-lg gap-5">
      <PageTitle>{text.photo.failed}</PageTitle>
      <p className="truncate font-semibold">{photo.filename}</p>
      {photo.error !== undefined && <p>{wordsForJobError(photo.error.reason, photo.error.message)}</p>}
      <DeletePhoto photoId={photo.id} />
    </div>
  );
}

interface BenchProps {
  photo: Photo;
  preparedPercent: number | null;
  start: Options;
}

/** The photo on the left, the choices on the right. */
function Bench({ photo, preparedPercent, start }: BenchProps) {
  const [options, setOptions] = useState(start);
  const change = (next: Partial<Options>) => setOptions((before) => ({ ...before, ...next }));
  const hinting = useHinting(options.hints, (hints) => change({ hints }));
  const quoted = useQuote(photo.id, options);

  const name = photo.filename || text.home.untitled;
  const colours = colourizes(options.work);
  const editing = colours && hinting.editing;

  return (
    <div className="grid gap-8 pb-28 lg:grid-cols-[1fr_25rem] lg:gap-12 lg:pb-0">
      <PageTitle quiet>{name}</PageTitle>
      <div className="grid min-w-0 content-start gap-6 lg:sticky lg:top-6 lg:self-start">
        <Picture photo={photo} preparedPercent={preparedPercent} marking={editing}>
          {(aspect, variant, zoom) =>
            colours && (
              <>
                <ColourPreview photoId={photo.id} variant={variant} hints={options.hints} />
                <HintsLayer hinting={{ ...hinting, editing }} aspect={aspect} zoom={zoom} />
              </>
            )
          }
        </Picture>
        <div className="flex items-center justify-between gap-3">
          <p className="truncate text-soft">{name}</p>
          <DeletePhoto photoId={photo.id} />
        </div>
      </div>
      <div className="grid content-start gap-7">
        <WorkChoice
          value={options.work}
          onChange={(work) => {
            change({ work });
            hinting.edit(false);
          }}
        />
        {restores(options.work) && (
          <RangeField
            label={text.photo.strength}
            value={options.strength}
            words={strengthWords(options.strength)}
            onChange={(strength) => change({ strength })}
          />
        )}
        {colours && <HintsPanel hinting={hinting} />}
        <QuotePanel quoted={quoted} work={options.work} />
        <ActionBar hinting={editing ? hinting : null}>
          <StartButton photoId={photo.id} options={options} quoted={quoted} />
        </ActionBar>
        <EarlierResults photoId={photo.id} />
      </div>
    </div>
  );
}

interface ActionBarProps {
  /** Set while colours are picked: a phone then shows the tools for it instead of the button. */
  hinting: Hinting | null;
  children: ReactNode;
}

/** The button to press; on small screens it stays at the bottom. */
function ActionBar({ hinting, children }: ActionBarProps) {
  return (
    <div className="fixed inset-x-0 bottom-[calc(4rem+1px+env(safe-area-inset-bottom))] z-20 bg-paper p-4 shadow-bar md:bottom-0 lg:static lg:bg-transparent lg:p-0 lg:shadow-none">
      {hinting !== null && (
        <div className="grid gap-2 lg:hidden">
          <HintsTools hinting={hinting} />
          <Button look="flame" onClick={() => hinting.edit(false)}>
            {text.photo.hintsDone}
          </Button>
        </div>
      )}
      <div className={hinting === null ? "" : "max-lg:hidden"}>{children}</div>
    </div>
  );
}

function strengthWords(strength: number): string {
  const words = text.photo.strengthWords;
  return words[Math.min(words.length - 1, Math.floor((strength / 100) * words.length))] ?? "";
}

interface PictureProps {
  photo: Photo;
  preparedPercent: number | null;
  /** Colours are marked on it: it can be zoomed, and leaves room for the tools below it on a phone. */
  marking: boolean;
  /** What lies over the picture, of that aspect and variant. */
  children: (aspect: number, variant: string | null, zoom: Zoom) => ReactNode;
}

function Picture({ photo, preparedPercent, marking, children }: PictureProps) {
  const box = useRef<HTMLDivElement>(null);
  const zoom = useZoom(box, marking);
  const { scale, x, y } = zoom.view;
  const prepared = photo.variants.find(({ name }) => name === "prepared");
  const size = prepared ?? photo.metadata;
  const aspect = size === undefined || size.height === 0 ? 1 : size.width / size.height;
  const preparing = photo.state === PhotoState.PREPARING;
  const own = useOwnUpload(photo.id);
  const variant = prepared === undefined ? thumbOf(photo, "thumb_600") : "prepared";
  return (
    <div
      className={`mx-auto w-full lg:max-w-[calc(68dvh*var(--aspect))] ${marking ? "max-w-[calc(40dvh*var(--aspect))]" : "max-w-[calc(46dvh*var(--aspect))]"}`}
      style={{ "--aspect": aspect } as CSSProperties}
    >
      <Mounted>
        <div ref={box} className="relative isolate overflow-hidden" style={{ aspectRatio: aspect }}>
          <div
            className="absolute inset-0"
            style={{ transform: `translate(${x}px, ${y}px) scale(${scale})`, transformOrigin: "0 0" }}
          >
            {variant === null && own !== undefined ? (
              <LocalPreview upload={own} className="size-full object-cover opacity-80" />
            ) : (
              <PhotoImage
                photoId={photo.id}
                variant={variant}
                alt={text.photo.alt(photo.filename)}
                className="size-full object-cover"
              />
            )}
            {preparing ? <span className="safelight" aria-hidden /> : children(aspect, variant, zoom)}
          </div>
          {marking && <ZoomButtons scale={scale} zoomBy={zoom.zoomBy} reset={zoom.reset} />}
        </div>
      </Mounted>
      {preparing && (
        <div role="status" className="mt-5 grid gap-2">
          <p className="font-semibold">{text.photo.preparing}</p>
          <ProgressBar percent={preparedPercent ?? 0} label={text.photo.preparing} />
          <p className="text-sm text-soft">{text.photo.preparingHint}</p>
        </div>
      )}
    </div>
  );
}
