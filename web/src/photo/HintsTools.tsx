import { Palette, Plus, Trash2, Undo2 } from "lucide-react";
import { text } from "../text";
import { Button, IconButton } from "../ui/Button";
import { Segmented } from "../ui/Segmented";
import { HINTS_MAX, RADII } from "./options";
import type { Hinting, Width } from "./useHinting";

/** Colours and widths for hints. Small enough to stay in sight below the picture on a phone. */
export function HintsTools({ hinting }: { hinting: Hinting }) {
  const { hints, selected, colour, width } = hinting;
  return (
    <div className="grid gap-2.5">
      <fieldset aria-label={text.photo.palette} className="grid grid-cols-8 gap-1.5">
        {Object.entries(text.colours).map(([value, name]) => (
          <button
            key={value}
            type="button"
            title={name}
            aria-label={name}
            aria-pressed={value === colour}
            onClick={() => hinting.pick(value)}
            className="h-9 rounded-lg ring-1 ring-edge aria-pressed:ring-3 aria-pressed:ring-ember aria-pressed:ring-offset-2 aria-pressed:ring-offset-paper"
            style={{ background: value }}
          />
        ))}
      </fieldset>
      <div className="flex items-center gap-2">
        <div className="flex-1">
          <Segmented
            quiet
            legend={text.photo.hintSize}
            value={width}
            onChange={hinting.widen}
            choices={(Object.keys(RADII) as Width[]).map((value) => ({ value, label: text.photo.hintSizes[value] }))}
          />
        </div>
        <label
          title={text.photo.ownColour}
          className="relative grid size-11 shrink-0 place-items-center rounded-full ring-1 ring-edge has-focus-visible:outline-3 has-focus-visible:outline-ember"
        >
          <Palette size={20} aria-hidden />
          <span className="sr-only">{text.photo.ownColour}</span>
          <input
            type="color"
            value={colour}
            onChange={(event) => hinting.pick(event.target.value)}
            className="absolute inset-0 size-full cursor-pointer opacity-0"
          />
        </label>
        <IconButton label={text.photo.hintUndo} disabled={hinting.undo === undefined} onClick={hinting.undo}>
          <Undo2 size={20} className={hinting.undo === undefined ? "opacity-40" : ""} aria-hidden />
        </IconButton>
        <IconButton label={text.photo.hintRemove} disabled={selected === null} onClick={hinting.removeSelected}>
          <Trash2 size={20} className={selected === null ? "opacity-40" : ""} aria-hidden />
        </IconButton>
      </div>
      <Button
        size="small"
        look="quiet"
        className="justify-self-start max-lg:sr-only max-lg:focus:not-sr-only"
        icon={<Plus size={16} aria-hidden />}
        disabled={hints.length >= HINTS_MAX}
        onClick={hinting.addInTheMiddle}
      >
        {text.photo.hintsMiddle}
      </Button>
      {hints.length >= HINTS_MAX && <p className="text-sm">{text.photo.hintsFull}</p>}
    </div>
  );
}
