import { useId } from "react";

interface Choice<V extends string> {
  value: V;
  label: string;
}

interface SegmentedProps<V extends string> {
  legend: string;
  /** The legend is for screen readers only. */
  quiet?: boolean;
  choices: readonly Choice<V>[];
  value: V;
  onChange: (value: V) => void;
}

/** One of a few, side by side. */
export function Segmented<V extends string>({ legend, quiet = false, choices, value, onChange }: SegmentedProps<V>) {
  const name = useId();
  return (
    <fieldset className="grid gap-2">
      <legend className={quiet ? "sr-only" : "mb-2 font-semibold"}>{legend}</legend>
      <div className="tray flex gap-1 rounded-2xl p-1">
        {choices.map((choice) => (
          <label
            key={choice.value}
            className="flex min-h-11 flex-1 items-center justify-center rounded-xl px-2 text-center text-sm leading-tight font-semibold text-soft transition has-checked:bg-raised has-checked:text-ink has-checked:shadow-print has-focus-visible:outline-3 has-focus-visible:outline-ember"
          >
            <input
              type="radio"
              name={name}
              className="sr-only"
              checked={choice.value === value}
              onChange={() => onChange(choice.value)}
            />
            {choice.label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
