interface SwitchProps {
  label: string;
  /** What it says beside the label, for example why it cannot be pressed. */
  hint?: string;
  on: boolean;
  disabled?: boolean;
  onChange: (on: boolean) => void;
}

/** On or off, at once. */
export function Switch({ label, hint, on, disabled = false, onChange }: SwitchProps) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={on}
      disabled={disabled}
      onClick={() => onChange(!on)}
      className="group flex min-h-12 w-full items-center justify-between gap-4 text-left"
    >
      <span className="min-w-0">
        <span className="block font-semibold">{label}</span>
        {hint !== undefined && <span className="block text-sm text-soft">{hint}</span>}
      </span>
      <span
        aria-hidden
        className={`relative h-8 w-14 shrink-0 rounded-full ring-1 ring-edge transition ${on ? "bg-flame" : "bg-well"} ${disabled ? "opacity-50" : ""}`}
      >
        <span
          className={`absolute top-1 size-6 rounded-full bg-paper shadow-print ring-1 ring-edge transition-all ${on ? "left-7" : "left-1"}`}
        />
      </span>
    </button>
  );
}
