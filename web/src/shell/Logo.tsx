import { text } from "../text";

/** The mark and the name. */
export function Logo({ className = "" }: { className?: string }) {
  return (
    <span className={`inline-flex items-center gap-2.5 ${className}`}>
      <img src="/icon.svg" alt="" width={34} height={34} className="rounded-[9px]" />
      <span className="font-display text-[1.45rem] leading-none text-ink">{text.app.name}</span>
    </span>
  );
}
