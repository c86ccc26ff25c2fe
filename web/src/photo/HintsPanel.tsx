import { Droplet, Palette, Plus, Trash2 } from "lucide-react";
import { text } from "../text";
import { Button } from "../ui/Button";
import { Segmented } from "../ui/Segmented";
import { colourName } from "./HintsLayer";
import { add, change, nextId, remove } from "./hints";
import { HINTS_MAX, type Hint, RADII } from "./options";

export type Width = keyof typeof RADII;

interface HintsPanelProps {
  hints: readonly Hint[];
  selected: number | null;
  colour: string;
  width: Width;
  editing: boolean;
  onEdit: (editing: boolean) => void;
  onChange: (hints: readonly Hint[]) => void;
  onSelect: (id: number | null) => void;
  onColour: (colour: string) => void;
  onWidth: (width: Width) => void;
}

/** The colours, widths and list for colour hints. */
export function HintsPanel(props: HintsPanelProps) {
  const { hints, selected, editing, onEdit, onChange, onSelect } = props;
  return (
    <section aria-label={text.photo.hints} className="grid gap-3">
      <div className="flex items-baseline justify-between gap-3">
        <h3 className="font-sans font-semibold">{text.photo.hints}</h3>
        <span className="text-sm text-soft">{text.photo.hintCount(hints.length)}</span>
      </div>
      <p className="text-sm text-soft">{editing ? text.photo.hintsHow : text.photo.hintsLead}</p>
      {editing && <Tools {...props} />}
      {hints.length > 0 && (
        <ul className="flex flex-wrap gap-2">
          {hints.map((hint, index) => (
            <li key={hint.id}>
              <button
                type="button"
                aria-pressed={selected === hint.id}
                onClick={() => {
                  onSelect(hint.id);
                  onEdit(true);
                }}
                className="inline-flex min-h-9 items-center gap-2 rounded-full bg-board pr-3 pl-1.5 text-sm ring-1 ring-line aria-pressed:ring-2 aria-pressed:ring-ember"
              >
                <span className="size-6 rounded-full ring-1 ring-edge" style={{ background: hint.colour }} />
                <span className="sr-only">{text.photo.hint(index + 1, colourName(hint.colour))}</span>
                <span aria-hidden>{colourName(hint.colour)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <div className="flex flex-wrap gap-2">
        <Button size="small" icon={<Droplet size={16} aria-hidden />} onClick={() => onEdit(!editing)}>
          {editing ? text.photo.hintsDone : text.photo.hintsAdd}
        </Button>
        {editing && hints.length > 0 && (
          <Button size="small" look="quiet" onClick={() => onChange([])}>
            {text.photo.hintsClear}
          </Button>
        )}
      </div>
    </section>
  );
}

function Tools({ hints, selected, colour, width, onChange, onSelect, onColour, onWidth }: HintsPanelProps) {
  const pick = (next: string) => {
    onColour(next);
    if (selected !== null) {
      onChange(change(hints, selected, { colour: next }));
    }
  };
  const widen = (next: Width) => {
    onWidth(next);
    if (selected !== null) {
      onChange(change(hints, selected, { radius: RADII[next] }));
    }
  };
  const inTheMiddle = () => {
    const hint: Hint = { id: nextId(hints), points: [{ x: 0.5, y: 0.5 }], colour, radius: RADII[width] };
    onChange(add(hints, hint));
    onSelect(hint.id);
  };
  return (
    <div className="settle tray grid gap-3 rounded-2xl p-3">
      <div role="group" aria-label={text.photo.palette} className="grid grid-cols-8 gap-1.5">
        {Object.entries(text.colours).map(([value, name]) => (
          <button
            key={value}
            type="button"
            title={name}
            aria-label={name}
            aria-pressed={value === colour}
            onClick={() => pick(value)}
            className="aspect-square min-h-8 rounded-lg ring-1 ring-edge aria-pressed:ring-3 aria-pressed:ring-ember aria-pressed:ring-offset-2 aria-pressed:ring-offset-paper"
            style={{ background: value }}
          />
        ))}
      </div>
      <label className="flex min-h-11 items-center gap-3 text-sm font-semibold">
        <Palette size={18} aria-hidden />
        {text.photo.ownColour}
        <input
          type="color"
          value={colour}
          onChange={(event) => pick(event.target.value)}
          className="ml-auto h-9 w-16 cursor-pointer rounded-lg bg-transparent"
        />
      </label>
      <Segmented
        quiet
        legend={text.photo.hintSize}
        value={width}
        onChange={widen}
        choices={(Object.keys(RADII) as Width[]).map((value) => ({ value, label: text.photo.hintSizes[value] }))}
      />
      <div className="flex flex-wrap gap-2">
        <Button
          size="small"
          icon={<Plus size={16} aria-hidden />}
          disabled={hints.length >= HINTS_MAX}
          onClick={inTheMiddle}
        >
          {text.photo.hintsMiddle}
        </Button>
        {selected !== null && (
          <Button
            size="small"
            look="quiet"
            icon={<Trash2 size={16} aria-hidden />}
            onClick={() => {
              onChange(remove(hints, selected));
              onSelect(null);
            }}
          >
            {text.photo.hintRemove}
          </Button>
        )}
      </div>
      {hints.length >= HINTS_MAX && <p className="text-sm">{text.photo.hintsFull}</p>}
    </div>
  );
}
