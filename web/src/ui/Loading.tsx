import { text } from "../text";

/** Shown while something comes; appears a moment late so that quick answers do not flicker. */
export function Loading({ className = "" }: { className?: string }) {
  return (
    <div
      role="status"
      className={`settle grid place-items-center gap-4 py-16 text-soft [animation-delay:0.25s] ${className}`}
    >
      <span className="print block w-14 rotate-[-5deg]" aria-hidden>
        <span className="pulse block aspect-square bg-flame" />
      </span>
      {text.app.loading}
    </div>
  );
}
