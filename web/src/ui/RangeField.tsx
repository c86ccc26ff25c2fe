import { type CSSProperties, useId } from "react";

interface RangeFieldProps {
  label: string;
  /** 0 to 100. */
  value: number;
  words: string;
  step?: number;
  onChange: (value: number) => void;
}

/** A slider from 0 to 100 with its value in words. */
export function RangeField({ label, value, words, step = 5, onChange }: RangeFieldProps) {
  const id = useId();
  return (
    <div>
      <div className="flex items-baseline justify-between gap-3">
        <label htmlFor={id} className="font-semibold">
          {label}
        </label>
        <output htmlFor={id} className="text-sm text-soft">
          {words}
        </output>
      </div>
      <input
        id={id}
        type="range"
        min={0}
        max={100}
        step={step}
        value={value}
        aria-valuetext={words}
        onChange={(event) => onChange(event.target.valueAsNumber)}
        className="range"
        style={{ "--part": `${value}%` } as CSSProperties}
      />
    </div>
  );
}
