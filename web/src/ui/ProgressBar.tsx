interface ProgressBarProps {
  /** 0 to 100. */
  percent: number;
  label: string;
  thin?: boolean;
}

export function ProgressBar({ percent, label, thin = false }: ProgressBarProps) {
  const rounded = Math.round(percent);
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuenow={rounded}
      aria-valuemin={0}
      aria-valuemax={100}
      className={`overflow-hidden rounded-full bg-well ring-1 ring-line ${thin ? "h-1.5" : "h-3"}`}
    >
      <div
        className="h-full rounded-full bg-flame transition-[width] duration-700 ease-settle"
        style={{ width: `${Math.max(2, percent)}%` }}
      />
    </div>
  );
}
