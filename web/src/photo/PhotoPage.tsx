import { useState } from "react";
import { api } from "../api/clients";
import { wordsForJobError } from "../api/errors";
import { type Photo, PhotoState } from "../gen/rekindle/jobs/v1/photo_pb";
import { thumbOf } from "../home/recent";
import { useLoad } from "../lib/useLoad";
import { NotFoundPage } from "../shell/NotFoundPage";
import { PageTitle } from "../shell/Shell";
import { text } from "../text";
import { ErrorNote } from "../ui/ErrorNote";
import { Loading } from "../ui/Loading";
import { Mounted } from "../ui/Mounted";
import { PhotoImage } from "../ui/PhotoImage";
import { ProgressBar } from "../ui/ProgressBar";
import { RangeField } from "../ui/RangeField";
import { DeletePhoto } from "./DeletePhoto";
import { EarlierResults } from "./EarlierResults";
import { HintsLayer } from "./HintsLayer";
import { HintsPanel, type Width } from "./HintsPanel";
import { colourizes, type Hint, type Options, optionsOf, RADII, restores, START } from "./options";
import { QuotePanel } from "./QuotePanel";
import { StartButton } from "./StartButton";
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
  const [editing, setEditing] = useState(false);
  const [selected, setSelected] = useState<number | null>(null);
  const [colour, setColour] = useState("#a32a2e");
  const [width, setWidth] = useState<Width>("medium");
  const quoted = useQuote(photo.id, options);

  const name = photo.filename || text.home.untitled;
  const change = (next: Partial<Options>) => setOptions((before) => ({ ...before, ...next }));
  const hinting = colourizes(options.work);
  const setHints = (hints: readonly Hint[]) => change({ hints });

  return (
    <div className="grid gap-8 lg:grid-cols-[1fr_25rem] lg:gap-12">
      <PageTitle quiet>{name}</PageTitle>
      <div className="grid min-w-0 content-start gap-6 lg:sticky lg:top-6 lg:self-start">
        <Picture photo={photo} preparedPercent={preparedPercent}>
          {(aspect) =>
            hinting && (
              <HintsLayer
                hints={options.hints}
                selected={selected}
                colour={colour}
                radius={RADII[width]}
                aspect={aspect}
                editing={editing}
                onChange={setHints}
                onSelect={setSelected}
              />
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
            setEditing(false);
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
        {hinting && (
          <HintsPanel
            hints={options.hints}
            selected={selected}
            colour={colour}
            width={width}
            editing={editing}
            onEdit={setEditing}
            onChange={setHints}
            onSelect={setSelected}
            onColour={setColour}
            onWidth={setWidth}
          />
        )}
        <QuotePanel quoted={quoted} work={options.work} />
        <div className="sticky bottom-[calc(4rem+env(safe-area-inset-bottom))] z-20 -mx-4 bg-paper/95 p-4 shadow-bar backdrop-blur md:static md:m-0 md:bg-transparent md:p-0 md:shadow-none md:backdrop-blur-none">
          <StartButton photoId={photo.id} options={options} quoted={quoted} />
        </div>
        <EarlierResults photoId={photo.id} />
      </div>
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
  children: (aspect: number) => React.ReactNode;
}

function Picture({ photo, preparedPercent, children }: PictureProps) {
  const prepared = photo.variants.find(({ name }) => name === "prepared");
  const size = prepared ?? photo.metadata;
  const aspect = size === undefined || size.height === 0 ? 1 : size.width / size.height;
  const preparing = photo.state === PhotoState.PREPARING;
  const variant = prepared === undefined ? thumbOf(photo, "thumb_600") : "prepared";
  return (
    <div className="mx-auto w-full" style={{ maxWidth: `calc(68dvh * ${aspect})` }}>
      <Mounted>
        <div className="relative overflow-hidden" style={{ aspectRatio: aspect }}>
          <PhotoImage
            photoId={photo.id}
            variant={variant}
            alt={text.photo.alt(photo.filename)}
            className="size-full object-cover"
          />
          {preparing ? <span className="safelight" aria-hidden /> : children(aspect)}
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
