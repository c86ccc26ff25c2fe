import { useState } from "react";
import { add, change, nextId, remove } from "./hints";
import { type Hint, RADII } from "./options";

export type Width = keyof typeof RADII;

/** The colour hints of a photo, and the brush they are set with. */
export interface Hinting {
  hints: readonly Hint[];
  selected: number | null;
  colour: string;
  width: Width;
  /** Taps on the picture set hints. */
  editing: boolean;
  edit: (editing: boolean) => void;
  set: (hints: readonly Hint[]) => void;
  select: (id: number | null) => void;
  /** Takes a colour for the brush, and for the hint that is selected. */
  pick: (colour: string) => void;
  widen: (width: Width) => void;
  addInTheMiddle: () => void;
  removeSelected: () => void;
  clear: () => void;
}

const FIRST_COLOUR = "#a32a2e";

export function useHinting(hints: readonly Hint[], set: (hints: readonly Hint[]) => void): Hinting {
  const [selected, select] = useState<number | null>(null);
  const [colour, setColour] = useState(FIRST_COLOUR);
  const [width, setWidth] = useState<Width>("medium");
  const [editing, edit] = useState(false);
  return {
    hints,
    selected,
    colour,
    width,
    editing,
    edit,
    set,
    select,
    pick(next) {
      setColour(next);
      if (selected !== null) {
        set(change(hints, selected, { colour: next }));
      }
    },
    widen(next) {
      setWidth(next);
      if (selected !== null) {
        set(change(hints, selected, { radius: RADII[next] }));
      }
    },
    addInTheMiddle() {
      const hint: Hint = { id: nextId(hints), points: [{ x: 0.5, y: 0.5 }], colour, radius: RADII[width] };
      set(add(hints, hint));
      select(hint.id);
    },
    removeSelected() {
      if (selected !== null) {
        set(remove(hints, selected));
        select(null);
      }
    },
    clear() {
      set([]);
      select(null);
    },
  };
}
