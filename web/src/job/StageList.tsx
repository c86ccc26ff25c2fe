import { Check } from "lucide-react";
import type { Work } from "../photo/options";
import { text } from "../text";
import { stageWords } from "../text/format";
import type { Stages } from "./stages";

/** The steps so far; the last one runs. */
export function StageList({ stages, work }: { stages: Stages; work: Work | "other" }) {
  const last = stages.seen.length - 1;
  return (
    <section aria-label={text.job.stagesTitle}>
      <ol className="grid gap-2">
        {stages.seen.map((stage, index) => (
          <li
            key={stage}
            className="settle flex min-h-8 items-center gap-3"
            aria-current={index === last ? "step" : undefined}
          >
            {index < last ? (
              <span className="grid size-6 shrink-0 place-items-center rounded-full bg-moss-wash text-moss">
                <Check size={15} strokeWidth={3} aria-hidden />
              </span>
            ) : (
              <span className="pulse grid size-6 shrink-0 place-items-center" aria-hidden>
                <span className="size-3.5 rounded-full bg-flame ring-4 ring-flame-wash" />
              </span>
            )}
            <span className={index < last ? "text-soft" : "font-semibold"}>{stageWords(stage, work)}</span>
            {index === last && stages.percent > 0 && (
              <span className="ml-auto text-sm text-soft tabular-nums">
                {text.job.percent(Math.floor(stages.percent))}
              </span>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
