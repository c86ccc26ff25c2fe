import { Droplet } from "lucide-react";
import { text } from "../text";
import { Button } from "../ui/Button";
import { colourName } from "./HintsLayer";
import { HintsTools } from "./HintsTools";
import type { Hinting } from "./useHinting";

/** What colour hints are for, those there are, and on large screens the tools to set them. */
export function HintsPanel({ hinting }: { hinting: Hinting }) {
  const { hints, selected, editing } = hinting;
  const begin = () => {
    hinting.edit(true);
    // On a phone the picture is above.
    window.scrollTo({ top: 0, behavior: "smooth" });
  };
  return (
    <section aria-label={text.photo.hints} className="grid gap-3">
      <div className="flex items-baseline justify-between gap-3">
        <h2 className="font-sans font-semibold">{text.photo.hints}</h2>
        <span className="text-sm text-soft">{text.photo.hintCount(hints.length)}</span>
      </div>
      <p className="text-sm text-soft">{editing ? text.photo.hintsHow : text.photo.hintsLead}</p>
      {editing && <p className="text-sm text-soft pointer-coarse:sr-only">{text.photo.hintsKeys}</p>}
      {editing && (
        <div className="settle tray rounded-2xl p-3 max-lg:hidden">
          <HintsTools hinting={hinting} />
        </div>
      )}
      {hints.length > 0 && (
        <ul className="flex flex-wrap gap-2">
          {hints.map((hint, index) => (
            <li key={hint.id}>
              <button
                type="button"
                aria-pressed={selected === hint.id}
                onClick={() => {
                  hinting.select(hint.id);
                  begin();
                }}
                className="inline-flex min-h-9 items-center gap-2 rounded-full bg-paper pr-3 pl-1.5 text-sm ring-1 ring-line aria-pressed:ring-2 aria-pressed:ring-ember"
              >
                <span className="size-6 rounded-full ring-1 ring-edge" style={{ background: hint.colour }} />
                <span className="sr-only">{text.photo.hint(index + 1, colourName(hint.colour))}</span>
                <span aria-hidden>{colourName(hint.colour)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {hints.length > 0 && <p className="text-sm text-soft">{text.photo.hintsPreview}</p>}
      <div className="flex flex-wrap gap-2">
        <Button
          size="small"
          icon={<Droplet size={16} aria-hidden />}
          onClick={() => (editing ? hinting.edit(false) : begin())}
        >
          {editing ? text.photo.hintsDone : text.photo.hintsAdd}
        </Button>
        {hints.length > 0 && (
          <Button size="small" look="quiet" onClick={hinting.clear}>
            {text.photo.hintsClear}
          </Button>
        )}
      </div>
    </section>
  );
}
