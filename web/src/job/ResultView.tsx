import { Check, SlidersHorizontal } from "lucide-react";
import type { Job } from "../gen/rekindle/jobs/v1/job_pb";
import type { Photo } from "../gen/rekindle/jobs/v1/photo_pb";
import { isVideo, resultOf } from "../home/recent";
import { paths } from "../lib/router";
import { engineName } from "../photo/engineWords";
import { text } from "../text";
import { formatBytes, formatPixels } from "../text/format";
import { ButtonLink } from "../ui/Button";
import { Compare } from "../ui/Compare";
import { Mounted } from "../ui/Mounted";
import { PhotoImage } from "../ui/PhotoImage";
import { Clip } from "./Clip";
import { aspectOf, pictureOf } from "./picture";
import { SaveButtons } from "./SaveButtons";

interface ResultViewProps {
  job: Job;
  photo: Photo | null;
}

/** The result beside what it was made of, and what to do with it. */
export function ResultView({ job, photo }: ResultViewProps) {
  const photoId = job.photoIds[0] ?? "";
  const outputId = resultOf(job);
  const output = job.outputs.find(({ id }) => id === outputId);
  const picture = pictureOf(photo);
  const aspect = aspectOf(output, picture.aspect);
  const moves = output !== undefined && isVideo(output);
  const layer = "absolute inset-0 size-full object-cover";
  return (
    <div className="grid gap-8 lg:grid-cols-[1fr_22rem] lg:gap-12">
      <div className="grid content-start gap-3">
        <div className="mx-auto w-full" style={{ maxWidth: `calc(74dvh * ${aspect})` }}>
          <Mounted>
            {moves ? (
              <Clip photoId={photoId} output={output} aspect={aspect} />
            ) : (
              <Compare
                zoomable
                aspect={aspect}
                label={text.job.compare}
                before={
                  <PhotoImage photoId={photoId} variant={picture.variant} alt={text.job.beforeAlt} className={layer} />
                }
                after={<PhotoImage photoId={photoId} variant={outputId} alt={text.job.resultAlt} className={layer} />}
              />
            )}
          </Mounted>
        </div>
        {!moves && <p className="text-center text-sm text-soft">{text.job.compareHow}</p>}
      </div>
      <div className="grid content-start gap-6">
        {outputId !== null && output !== undefined && (
          <SaveButtons photoId={photoId} output={output} job={job} filename={photo?.filename ?? ""} />
        )}
        {job.report.length > 0 && (
          <section aria-labelledby="report" className="grid gap-3">
            <h2 id="report" className="text-xl">
              {text.job.report}
            </h2>
            <ul className="grid gap-2">
              {job.report.map((line) => (
                <li key={line} className="flex gap-3">
                  <Check size={18} strokeWidth={3} className="mt-1 shrink-0 text-moss" aria-hidden />
                  {line}
                </li>
              ))}
            </ul>
          </section>
        )}
        <div className="grid gap-1 border-t border-line pt-4 text-sm text-soft">
          {output?.metadata !== undefined && (
            <p>
              {text.job.facts(
                formatPixels(output.metadata.width, output.metadata.height),
                formatBytes(Number(output.metadata.sizeBytes)),
              )}
            </p>
          )}
          {job.engine !== undefined && <p>{text.job.engine(engineName(job.engine.engine))}</p>}
          {job.engine?.fallback && <p>{text.job.engineFallback}</p>}
        </div>
        <ButtonLink icon={<SlidersHorizontal size={20} aria-hidden />} href={paths.photo(photoId, job.id)}>
          {text.job.options}
        </ButtonLink>
      </div>
    </div>
  );
}
