import type { ReactNode } from "react";

interface MountedProps {
  children: ReactNode;
  className?: string;
}

/** A print held by four album corners. */
export function Mounted({ children, className = "" }: MountedProps) {
  return (
    <div className={`mounted print ${className}`}>
      <span className="mount" aria-hidden />
      <span className="mount" aria-hidden />
      <span className="mount" aria-hidden />
      <span className="mount" aria-hidden />
      {children}
    </div>
  );
}
