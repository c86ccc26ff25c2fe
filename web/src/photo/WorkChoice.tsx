import { text } from "../text";
import { WORKS, type Work } from "./options";

/** Restore, colourize, or both. */
export function WorkChoice({ value, onChange }: { value: Work; onChange: (work: Work) => void }) {
  return (
    <fieldset>
      <legend className="mb-3 font-display text-2xl">{text.photo.options}</legend>
      <div className="grid gap-2">
        {WORKS.map((work) => {
          const [name, about] = text.photo.work[work];
          return (
            <label
              key={work}
              className="group flex items-center gap-3.5 rounded-2xl bg-paper px-4 py-3 ring-1 ring-line transition hover:bg-well has-checked:bg-flame-wash has-checked:ring-2 has-checked:ring-ember has-focus-visible:outline-3 has-focus-visible:outline-offset-2 has-focus-visible:outline-ember"
            >
              <input
                type="radio"
                name="work"
                className="sr-only"
                checked={value === work}
                onChange={() => onChange(work)}
              />
              <Swatch work={work} />
              <span className="grid">
                <span className="font-semibold">{name}</span>
                <span className="text-sm text-soft group-has-checked:text-ink">{about}</span>
              </span>
            </label>
          );
        })}
      </div>
    </fieldset>
  );
}

/** A tiny print that shows what the work does. */
function Swatch({ work }: { work: Work }) {
  const grey = "linear-gradient(180deg,#d9d4cb 0 45%,#8d877d 45% 70%,#55504a 70%)";
  const colour = "linear-gradient(180deg,#9ec6e0 0 45%,#6f9a62 45% 70%,#c98b4a 70%)";
  const worn = "linear-gradient(180deg,#cfc3ac 0 45%,#a59880 45% 70%,#83765f 70%)";
  const halves: Record<Work, [string, string]> = {
    restore: [worn, grey],
    colourize: [grey, colour],
    both: [worn, colour],
  };
  const [left, right] = halves[work];
  return (
    <span className="print flex shrink-0 rotate-[-3deg] p-1!" aria-hidden>
      <span className="h-9 w-4.5" style={{ background: left }} />
      <span className="h-9 w-4.5" style={{ background: right }} />
    </span>
  );
}
