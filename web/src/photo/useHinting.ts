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
  /** Changes them, in a way that can be undone. */
  set: (hints: readonly Hint[]) => void;
  /** Moves them on within a change that has begun. */
  drag: (hints: readonly Hint[]) => void;
  /** Takes the last change back; absent if there is none. */
  undo: (() => void) | undefined;
  select: (id: number | null) => void;
  /** Takes a colour for the brush, and for a hint that somebody selected: one just drawn is not, or the next colour would be its. */
  pick: (colour: string) => void;
  widen: (width: Width) => void;
  addInTheMiddle: () => void;
  removeSelected: () => void;
  clear: () => void;
}

const FIRST_COLOUR = "#a32a2e";
const UNDO_MAX = 500;

export function useHinting(hints: readonly Hint[], drag: (hints: readonly Hint[]) => void): Hinting {
  const [selected, select] = useState<number | null>(null);
  const [colour, setColour] = useState(FIRST_COLOUR);
  const [width, setWidth] = useState<Width>("medium");
  const [editing, edit] = useState(false);
  const [past, setPast] = useState<readonly (readonly Hint[])[]>([]);
  const set = (next: readonly Hint[]) => {
    setPast([...past, hints].slice(-UNDO_MAX));
    drag(next);
  };
  const before = past.at(-1);
  return {
    hints,
    selected,
    colour,
    width,
    editing,
    edit,
    set,
    drag,
    undo:
      before === undefined
        ? undefined
        : () => {
            setPast(past.slice(0, -1));
            drag(before);
            select(null);
          },
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
